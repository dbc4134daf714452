import { describe, expect, it } from "vitest";

import {
  addDays,
  ageOf,
  bucketLabel,
  bucketsOf,
  mondayOf,
  periodEnding,
  weekBefore,
} from "./time";

const SHANGHAI = "Asia/Shanghai";

describe("a period", () => {
  it("of days begins and ends at the compound's midnight", () => {
    const period = periodEnding("2026-03-09", 1, "hour", SHANGHAI);

    expect(period).toEqual({ from: "2026-03-08T16:00:00.000Z", to: "2026-03-09T16:00:00.000Z" });
  });

  it("of weeks is made of whole weeks, the running one included", () => {
    const period = periodEnding("2026-03-11", 14, "week", SHANGHAI);

    expect(period).toEqual({ from: "2026-03-01T16:00:00.000Z", to: "2026-03-15T16:00:00.000Z" });
  });

  it("a week before keeps the local hour where summer time began in between", () => {
    const period = periodEnding("2026-03-31", 1, "hour", "Europe/Berlin");

    const before = weekBefore(period, "Europe/Berlin");

    expect(period.from).toBe("2026-03-30T22:00:00.000Z");
    expect(before.from).toBe("2026-03-23T23:00:00.000Z");
  });
});

describe("the buckets of a period", () => {
  it("are its hours, 23 on the day that summer time begins", () => {
    const zone = "Europe/Berlin";

    expect(bucketsOf(periodEnding("2026-03-28", 1, "hour", zone), "hour", zone)).toHaveLength(24);
    expect(bucketsOf(periodEnding("2026-03-29", 1, "hour", zone), "hour", zone)).toHaveLength(23);
  });

  it.each([
    ["day", 14, 14],
    ["week", 84, 12],
  ] as const)("of steps of a %s over %i days are %i, end to end", (step, days, count) => {
    const period = periodEnding("2026-03-11", days, step, SHANGHAI);

    const buckets = bucketsOf(period, step, SHANGHAI);

    expect(buckets).toHaveLength(count);
    expect(buckets[0]?.from).toBe(period.from);
    expect(buckets.at(-1)?.to).toBe(period.to);
  });
});

describe("a day", () => {
  it("is counted over the end of a month and of a year", () => {
    expect(addDays("2026-02-28", 1)).toBe("2026-03-01");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
  });

  it.each([
    ["2026-03-09", "2026-03-09"],
    ["2026-03-15", "2026-03-09"],
    ["2026-03-16", "2026-03-16"],
  ])("%s belongs to the week of Monday %s", (day, monday) => {
    expect(mondayOf(day)).toBe(monday);
  });
});

it("a bucket's label shows the compound's hour, with the date where there are several days", () => {
  expect(bucketLabel("2026-03-08T16:00:00Z", "hour", 1, SHANGHAI)).toBe("00:00");
  expect(bucketLabel("2026-03-08T16:00:00Z", "hour", 3, SHANGHAI)).toBe("03-09 00:00");
  expect(bucketLabel("2026-03-08T16:00:00Z", "day", 7, SHANGHAI)).toBe("03-09");
});

it("an age is told in its largest full unit and is never negative", () => {
  const now = new Date("2026-03-09T12:00:00Z");

  expect(ageOf("2026-03-09T11:59:01Z", now)).toEqual({ unit: "seconds", count: 59 });
  expect(ageOf("2026-03-09T11:59:00Z", now)).toEqual({ unit: "minutes", count: 1 });
  expect(ageOf("2026-03-07T12:00:00Z", now)).toEqual({ unit: "days", count: 2 });
  expect(ageOf("2026-03-09T12:00:05Z", now)).toEqual({ unit: "seconds", count: 0 });
});
