import { onScopeDispose, readonly, ref } from "vue";

import type { AlertSummary } from "@/api/types";

export type AlertEvent = Pick<
  AlertSummary,
  "id" | "state" | "site" | "gate" | "rule" | "severity"
>;

/**
 * What the hub tells as it happens. Two are ours: `refused`, the hub would not open the stream;
 * `reopened`, it is open again after a cut, and something may have been missed.
 */
interface LiveEvents {
  alert: AlertEvent;
  gate: { site: string };
  gateway: { site: string; gateway: string };
  refused: null;
  reopened: null;
}

type Listener<K extends keyof LiveEvents> = (event: LiveEvents[K]) => void;

const TOLD_BY_HUB = ["alert", "gate", "gateway"] as const;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

const state = ref<"open" | "connecting" | "closed">("closed");
const listeners = new Map<keyof LiveEvents, Set<Listener<never>>>();
let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let wait_ms = FIRST_WAIT_MS;
let wasCut = false;

function tell<K extends keyof LiveEvents>(name: K, event: LiveEvents[K]): void {
  listeners.get(name)?.forEach((listener) => (listener as Listener<K>)(event));
}

/**
 * Open the stream. After a cut the browser resumes by itself with Last-Event-ID, which the hub
 * honours only so far back; where the hub refuses, a new stream is opened after a growing wait.
 */
function open(): void {
  if (source) return;
  state.value = "connecting";
  source = new EventSource("/api/v1/events");
  source.onopen = () => {
    state.value = "open";
    wait_ms = FIRST_WAIT_MS;
    if (wasCut) tell("reopened", null);
    wasCut = false;
  };
  source.onerror = () => {
    state.value = "connecting";
    wasCut = true;
    if (source?.readyState === EventSource.CLOSED) reopenLater();
  };
  for (const name of TOLD_BY_HUB) {
    source.addEventListener(name, (message) => tell(name, JSON.parse(message.data)));
  }
}

function reopenLater(): void {
  source?.close();
  source = null;
  tell("refused", null);
  retry = setTimeout(open, wait_ms * (0.5 + Math.random() / 2));
  wait_ms = Math.min(LONGEST_WAIT_MS, wait_ms * 2);
}

function close(): void {
  clearTimeout(retry);
  source?.close();
  source = null;
  wasCut = false;
  state.value = "closed";
}

export function useLive() {
  /** Hear of `name` for as long as the component lives. */
  function on<K extends keyof LiveEvents>(name: K, listener: Listener<K>): void {
    const heard = listeners.get(name) ?? new Set();
    listeners.set(name, heard.add(listener));
    onScopeDispose(() => heard.delete(listener));
  }
  return { state: readonly(state), open, close, on };
}
