/** What is drawn of the hub's answer, set beside the buckets that were asked for. */
import type { FlowPoint, FlowSeries } from "./flow";
import type { Period } from "./time";

interface Line {
  id: string;
  gate: string;
  counts_occupancy: boolean;
}

/**
 * The series that may be added up. A line that stands behind another would count people twice; it
 * counts only at a gate that has no other.
 */
export function countedOnce<T extends FlowSeries>(series: T[], lines: readonly Line[]): T[] {
  const behind = new Set(lines.filter((line) => !line.counts_occupancy).map((line) => line.id));
  const covered = new Set(lines.filter((line) => line.counts_occupancy).map((line) => line.gate));
  return series.filter((one) => !behind.has(one.line) || !covered.has(one.gate));
}

/** Where a bucket stands: the hub tells nothing of what is still to come. */
export type Standing = "over" | "running" | "ahead";

export function standingOf(bucket: Period, now: Date): Standing {
  if (Date.parse(bucket.to) <= now.getTime()) return "over";
  return Date.parse(bucket.from) <= now.getTime() ? "running" : "ahead";
}

/** One point for each bucket; what the hub did not tell of was not seen. */
export function flowIn(buckets: readonly Period[], points: readonly FlowPoint[]): FlowPoint[] {
  const byStart = new Map(points.map((point) => [Date.parse(point.start), point]));
  return buckets.map(
    ({ from }) => byStart.get(Date.parse(from)) ?? { start: from, in: null, out: null, coverage: 0 },
  );
}

/** The point that stands at the end of each bucket; in the running one, the latest. */
export function levelIn<T extends { at: string }>(
  buckets: readonly Period[],
  points: readonly T[],
): (T | null)[] {
  return buckets.map(({ from, to }) => {
    const inside = points.filter(
      ({ at }) => Date.parse(from) < Date.parse(at) && Date.parse(at) <= Date.parse(to),
    );
    return inside.at(-1) ?? null;
  });
}
