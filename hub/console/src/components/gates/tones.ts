import type { CameraNow, Gateway } from "@/api/types";
import type { Tone } from "@/components/StatusTag.vue";

export const CAMERA_TONES: Record<CameraNow["state"], Tone> = {
  online: "ok",
  silent: "critical",
  unfit: "warning",
  unknown: "quiet",
};

export const LIVENESS_TONES: Record<Gateway["liveness"], Tone> = {
  online: "ok",
  stale: "warning",
  offline: "critical",
};

/** What an access point's last event says; a state without a tone here needs a look. */
export function pointTone(state: string): Tone {
  if (state === "ok") return "ok";
  if (state === "unknown") return "quiet";
  return state === "forced" || state === "duress" ? "critical" : "warning";
}

/** How far a coverage can be relied on. */
export function coverageTone(coverage: number | null): Tone {
  if (coverage === null || coverage === 0) return "critical";
  return coverage < 0.8 ? "warning" : "ok";
}
