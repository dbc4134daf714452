import { describe, expect, it } from "vitest";

import { addUp, changeFrom, comparable, groupFlow, totalsOf, type FlowSeries } from "./flow";

const H0 = "2026-03-09T00:00:00Z";
const H1 = "2026-03-09T01:00:00Z";

function series(line: string, ...points: [string, number | null, number][]): FlowSeries {
  return {
    line,
    gate: "east",
    class: line === "lane" ? "vehicle" : "person",
    points: points.map(([start, seen, coverage]) => ({ start, in: seen, out: seen, coverage })),
  };
}

describe("adding up", () => {
  it("keeps what nobody saw unknown", () => {
    const points = addUp([series("door", [H0, null, 0]), series("lane", [H0, null, 0])]);

    expect(points).toEqual([{ start: H0, in: null, out: null, coverage: 0 }]);
  });

  it("takes what one line saw when the other saw nothing, and says so by coverage", () => {
    const points = addUp([series("door", [H0, 3, 1]), series("lane", [H0, null, 0])]);

    expect(points).toEqual([{ start: H0, in: 3, out: 3, coverage: 0.5 }]);
  });

  it("orders buckets by time", () => {
    const points = addUp([series("door", [H1, 1, 1]), series("lane", [H0, 2, 1])]);

    expect(points.map((point) => point.start)).toEqual([H0, H1]);
  });

  it("by class keeps the classes apart", () => {
    const groups = groupFlow(
      [series("door", [H0, 3, 1]), series("side", [H0, 1, 1]), series("lane", [H0, 7, 1])],
      (one) => one.class,
    );

    expect(groups.map((group) => [group.key, group.points[0]?.in])).toEqual([
      ["person", 4],
      ["vehicle", 7],
    ]);
  });
});

it("totals of nothing are unknown, not zero", () => {
  expect(totalsOf([])).toEqual({ in: null, out: null, coverage: null });
});

it("periods compare over the buckets that were seen in both", () => {
  const now = addUp([series("door", [H0, 5, 1], [H1, 100, 1])]);
  const before = addUp([series("door", [H0, 4, 1], [H1, null, 0])]);

  const compared = comparable(now, before);

  expect([compared.now.in, compared.before.in]).toEqual([5, 4]);
});

it("a change needs something to compare with", () => {
  expect(changeFrom(50, 75)).toBe(0.5);
  expect(changeFrom(0, 75)).toBeNull();
  expect(changeFrom(null, 75)).toBeNull();
});
