import { describe, expect, it } from "vitest";

import { pairingRows, positionOf, type Witness } from "./pairing";

function witness(fact: string, second: number, pair?: number): Witness {
  return { fact, source: "door", occurred_at: `2026-03-09T08:00:0${second}Z`, pair: pair ?? null };
}

describe("the pairing view", () => {
  it("sets a crossing beside the grant that explains it, whichever came first", () => {
    const rows = pairingRows([witness("crossing", 1, 1), witness("granted", 2, 1)]);

    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ pair: 1, at: "2026-03-09T08:00:01Z", verdict: "explained" });
  });

  it("shows a crossing without a grant as unexplained, in the order of time", () => {
    const rows = pairingRows([
      witness("crossing", 4),
      witness("granted", 1, 1),
      witness("crossing", 2, 1),
    ]);

    expect(rows.map((row) => row.verdict)).toEqual(["explained", "unexplained"]);
  });

  it("calls a grant nobody used unused, but a denial only seen", () => {
    const rows = pairingRows([witness("granted", 1), witness("denied", 2)]);

    expect(rows.map((row) => row.verdict)).toEqual(["unused", "seen"]);
  });

  it("has no rows without witnesses", () => {
    expect(pairingRows([])).toEqual([]);
  });
});

it("a witness stands where its time lies, a single one in the middle", () => {
  const witnesses = [witness("crossing", 0), witness("crossing", 2), witness("crossing", 8)];

  expect(witnesses.map((one) => positionOf(one.occurred_at, witnesses))).toEqual([0, 0.25, 1]);
  expect(positionOf(witness("crossing", 3).occurred_at, [witness("crossing", 3)])).toBe(0.5);
});
