/** Flow series as charts need them. What nobody saw stays `null`; it never becomes zero. */

export interface FlowPoint {
  start: string;
  in: number | null;
  out: number | null;
  coverage: number;
}

export interface FlowSeries {
  line: string;
  gate: string;
  class: string;
  points: FlowPoint[];
}

export interface FlowGroup {
  key: string;
  points: FlowPoint[];
}

/** Add up the series of the same key, bucket by bucket. */
export function groupFlow(series: FlowSeries[], keyOf: (one: FlowSeries) => string): FlowGroup[] {
  const byKey = new Map<string, FlowSeries[]>();
  for (const one of series) {
    const key = keyOf(one);
    byKey.set(key, [...(byKey.get(key) ?? []), one]);
  }
  return [...byKey].map(([key, members]) => ({ key, points: addUp(members) }));
}

/** Add up all series, bucket by bucket, oldest first; coverage is their mean. */
export function addUp(series: FlowSeries[]): FlowPoint[] {
  const byStart = new Map<string, FlowPoint[]>();
  for (const point of series.flatMap((one) => one.points)) {
    byStart.set(point.start, [...(byStart.get(point.start) ?? []), point]);
  }
  return [...byStart]
    .sort(([a], [b]) => Date.parse(a) - Date.parse(b))
    .map(([start, points]) => ({
      start,
      in: sumOfSeen(points.map((point) => point.in)),
      out: sumOfSeen(points.map((point) => point.out)),
      coverage: points.reduce((sum, point) => sum + point.coverage, 0) / points.length,
    }));
}

/** The sum of what was seen, or `null` where nothing was. */
export function sumOfSeen(values: readonly (number | null)[]): number | null {
  const seen = values.filter((value) => value !== null);
  return seen.length === 0 ? null : seen.reduce((sum, value) => sum + value, 0);
}

export interface FlowTotals {
  in: number | null;
  out: number | null;
  coverage: number | null;
}

export function totalsOf(points: FlowPoint[]): FlowTotals {
  const coverage = points.reduce((sum, point) => sum + point.coverage, 0);
  return {
    in: sumOfSeen(points.map((point) => point.in)),
    out: sumOfSeen(points.map((point) => point.out)),
    coverage: points.length === 0 ? null : coverage / points.length,
  };
}

/** The sums of two periods over the buckets that were seen in both, which alone compare. */
export function comparable(
  now: readonly FlowPoint[],
  before: readonly FlowPoint[],
): { now: FlowTotals; before: FlowTotals } {
  const isSeen = (index: number) => now[index]?.in != null && before[index]?.in != null;
  return {
    now: totalsOf(now.filter((_, index) => isSeen(index))),
    before: totalsOf(before.filter((_, index) => isSeen(index))),
  };
}

/** The change from `before` to `now` as a share of `before`; `null` where there is nothing to compare. */
export function changeFrom(before: number | null, now: number | null): number | null {
  if (before === null || now === null || before === 0) return null;
  return (now - before) / before;
}
