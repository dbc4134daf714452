/** What a trend is asked for, and which of the answer counts. */
import type { FlowPoint, FlowSeries } from "./flow";

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

/** What has begun: a bucket of the future is not a gap. */
export function begun(points: FlowPoint[], now: Date): FlowPoint[] {
  return points.filter((point) => Date.parse(point.start) <= now.getTime());
}
