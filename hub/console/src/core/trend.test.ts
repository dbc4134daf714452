import { expect, it } from "vitest";

import { begun, countedOnce } from "./trend";

const LINES = [
  { id: "front", gate: "east", counts_occupancy: true },
  { id: "behind", gate: "east", counts_occupancy: false },
  { id: "only", gate: "west", counts_occupancy: false },
];

function series(line: string, gate: string) {
  return { line, gate, class: "person", points: [] };
}

it("a line behind another is left out, but not where it is the gate's only one", () => {
  const all = [series("front", "east"), series("behind", "east"), series("only", "west")];

  const counted = countedOnce(all, LINES);

  expect(counted.map((one) => one.line)).toEqual(["front", "only"]);
});

it("a line that is no longer configured still counts", () => {
  expect(countedOnce([series("gone", "east")], LINES)).toHaveLength(1);
});

it("a bucket has begun at its own start", () => {
  const point = (start: string) => ({ start, in: null, out: null, coverage: 0 });
  const points = [point("2026-03-09T08:00:00Z"), point("2026-03-09T09:00:00Z")];

  expect(begun(points, new Date("2026-03-09T08:00:00Z"))).toHaveLength(1);
});
