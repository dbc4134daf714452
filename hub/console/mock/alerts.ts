/** Alerts that never happened, with a life that can be led on the page. */
import type { Alert, AlertAction, AlertPage, AlertState, RuleName } from "../src/api/types";
import { ago } from "./places.ts";

type Witness = Alert["reason"]["witnesses"][number];

const AFTER: Record<AlertAction, AlertState> = {
  acknowledge: "acknowledged",
  resolve: "resolved",
  false: "false",
};
const ALLOWED: Record<AlertState, AlertAction[]> = {
  raised: ["acknowledge", "resolve", "false"],
  acknowledged: ["resolve", "false"],
  resolved: [],
  false: [],
};
const KINDS: [RuleName, string, Alert["subject"], Alert["severity"]][] = [
  ["tailgating", "east", { kind: "point", id: "east-door" }, "warning"],
  ["stationary-vehicle", "lane", { kind: "zone", id: "fire-lane" }, "critical"],
  ["door-held", "lane", { kind: "point", id: "lane-bar" }, "notice"],
  ["camera-silent", "lane", { kind: "camera", id: "lane-cam" }, "warning"],
];

function witness(fact: string, seconds: number, pair: number | null): Witness {
  const isCrossing = fact === "crossing";
  return {
    fact,
    source: isCrossing ? "east-line" : "east-door",
    occurred_at: ago(seconds),
    direction: isCrossing ? "in" : null,
    class: isCrossing ? "person" : null,
    pair,
  };
}

function reasonOf(rule: RuleName, age: number): Alert["reason"] {
  if (rule !== "tailgating") return { observed: 184, limit: 120, unit: "seconds", witnesses: [] };
  return {
    observed: 1,
    limit: 0,
    unit: "people",
    witnesses: [
      witness("granted", age + 7.2, 1),
      witness("crossing", age + 5.8, 1),
      witness("granted", age + 3.1, 2),
      witness("crossing", age + 2.2, 2),
      witness("crossing", age + 0.9, null),
    ],
  };
}

function makeAlert(number: number, age: number, state: AlertState): Alert {
  const [rule, gate, subject, severity] = KINDS[number % KINDS.length]!;
  const hasPicture = rule !== "camera-silent";
  return {
    id: `alert-${number}`,
    site: "jinyuan",
    gate,
    rule,
    subject,
    severity,
    state,
    since: ago(age + 3),
    raised_at: ago(age),
    received_at: ago(age - 0.2),
    updated_at: ago(age),
    condition_cleared_at: number % 3 === 0 ? null : ago(Math.max(0, age - 60)),
    reason: reasonOf(rule, age),
    evidence: hasPicture
      ? [{ id: `alert-${number}-1`, available: number % 5 !== 1, captured_at: ago(age) }]
      : [],
    deliveries: [
      { target: "command-platform", state: "delivered", attempts: 1, delivered_at: ago(age - 0.4) },
    ],
    allowed: ALLOWED[state],
    history: [{ at: ago(age), happened: "raised", who: null, note: null }],
  };
}

const STATES: AlertState[] = ["raised", "raised", "acknowledged", "resolved", "false", "resolved"];
export const alerts: Alert[] = Array.from({ length: 73 }, (_, index) =>
  makeAlert(73 - index, 40 + index * index * 55, STATES[Math.min(index, 2 + (index % 4))]!),
);

export function raise(): Alert {
  const alert = makeAlert(Math.ceil(alerts.length / 4) * 4, 0, "raised");
  alert.id = `alert-live-${alerts.length}`;
  alerts.unshift(alert);
  return alert;
}

export function find(id: string): Alert | undefined {
  return alerts.find((alert) => alert.id === id);
}

/** Act as the hub would; `null` where the alert's state does not allow it. */
export function act(alert: Alert, action: AlertAction, note: string | null): Alert | null {
  if (!alert.allowed.includes(action)) return null;
  alert.state = AFTER[action];
  alert.allowed = ALLOWED[alert.state];
  alert.updated_at = ago(0);
  alert.history.push({ at: ago(0), happened: alert.state, who: "admin", note });
  return alert;
}

export function page(query: URLSearchParams): AlertPage {
  const wanted = alerts.filter((alert) =>
    (["state", "site", "gate", "rule"] as const).every((field) => {
      const value = query.get(field);
      return value === null || alert[field] === value;
    }),
  );
  const from = Number(query.get("before") ?? 0);
  const limit = Number(query.get("limit") ?? 50);
  const open = alerts.filter((alert) => alert.state === "raised" || alert.state === "acknowledged");
  return {
    items: wanted.slice(from, from + limit),
    next: from + limit < wanted.length ? String(from + limit) : null,
    open_count: open.length,
  };
}
