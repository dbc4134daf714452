import type { AlertState, Severity } from "@/api/types";
import type { Tone } from "@/components/StatusTag.vue";

export const STATE_TONES: Record<AlertState, Tone> = {
  raised: "critical",
  acknowledged: "accent",
  resolved: "ok",
  false: "quiet",
};

export const SEVERITY_TONES: Record<Severity, Tone> = {
  notice: "quiet",
  warning: "warning",
  critical: "critical",
};
