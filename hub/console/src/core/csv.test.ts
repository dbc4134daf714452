import { expect, it } from "vitest";

import { csvOf } from "./csv";

it("an unknown figure is an empty field, not a zero", () => {
  expect(csvOf(["at", "in"], [["08:00", null]])).toBe("\uFEFFat,in\r\n08:00,\r\n");
});

it("commas and quotes are quoted, and no text becomes a formula", () => {
  expect(csvOf(['a "b", c'], [["=1+1"], [-1]])).toBe('\uFEFF"a ""b"", c"\r\n\'=1+1\r\n-1\r\n');
});
