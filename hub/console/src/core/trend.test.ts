import { describe, expect, it } from "vitest";

import { countedOnce, flowIn, levelIn, standingOf } from "./trend";

const LINES = [
  { id: "front", gate: "east", counts_occupancy: true },
  { id: "behind", gate: "east", counts_occupancy: false },
  { id: "only", gate: "west", counts_occupancy: false },
];
const FIRST = { from: "2026-03-09T08:00:00.000Z", to: "2026-03-09T09:00:00.000Z" };
const SECOND = { from: "2026-03-09T09:00:00.000Z", to: "2026-03-09T10:00:00.000Z" };

function series(line: string, gate: string) {
  return { line, gate, class: "person", points: [] };
}

describe("adding up lines", () => {
  it("leaves out a line behind another, but not where it is the gate's only one", () => {
    const all = [series("front", "east"), series("behind", "east"), series("only", "west")];

    const counted = countedOnce(all, LINES);

    expect(counted.map((one) => one.line)).toEqual(["front", "only"]);
  });

  it("counts a line that is no longer configured", () => {
    expect(countedOnce([series("gone", "east")], LINES)).toHaveLength(1);
  });
});

it("a bucket runs from its start to before its end", () => {
  expect(standingOf(SECOND, new Date("2026-03-09T08:59:59Z"))).toBe("ahead");
  expect(standingOf(SECOND, new Date("2026-03-09T09:00:00Z"))).toBe("running");
  expect(standingOf(SECOND, new Date("2026-03-09T10:00:00Z"))).toBe("over");
});

it("a bucket that the hub did not tell of was not seen", () => {
  const told = { start: "2026-03-09T09:00:00Z", in: 2, out: 0, coverage: 1 };

  const points = flowIn([FIRST, SECOND], [told]);

  expect(points).toEqual([{ start: FIRST.from, in: null, out: null, coverage: 0 }, told]);
});

it("a level belongs to the bucket that it ends, the latest to the running one", () => {
  const levels = levelIn(
    [FIRST, SECOND],
    [{ at: "2026-03-09T09:00:00Z" }, { at: "2026-03-09T09:20:00Z" }],
  );

  expect(levels.map((level) => level?.at)).toEqual([
    "2026-03-09T09:00:00Z",
    "2026-03-09T09:20:00Z",
  ]);
  expect(levelIn([FIRST], [])).toEqual([null]);
});
