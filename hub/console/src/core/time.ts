/**
 * Calendar arithmetic in a compound's zone. Instants are RFC 3339 text, days are `YYYY-MM-DD`.
 *
 * The clock is an argument; nothing here reads it.
 */
import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(timezone);

export type Step = "hour" | "day" | "week";

/** Half-open: `from` belongs to it, `to` does not. */
export interface Period {
  from: string;
  to: string;
}

/** How many days a chart of one step may span; the first is what it opens with. */
export const SPANS: Record<Step, readonly number[]> = {
  hour: [1, 3, 7],
  day: [14, 7, 31],
  week: [84, 182, 364],
};

export function dayOf(at: Date | string, zone: string): string {
  return dayjs(at).tz(zone).format("YYYY-MM-DD");
}

export function addDays(day: string, days: number): string {
  return dayjs.utc(day).add(days, "day").format("YYYY-MM-DD");
}

/** Weeks begin on Monday. */
export function mondayOf(day: string): string {
  const weekday = (dayjs.utc(day).day() + 6) % 7;
  return addDays(day, -weekday);
}

export function midnight(day: string, zone: string): string {
  return dayjs.tz(`${day}T00:00:00`, zone).toISOString();
}

/** The `days` days that end with `lastDay`; with steps of a week, whole weeks. */
export function periodEnding(lastDay: string, days: number, step: Step, zone: string): Period {
  const end = step === "week" ? addDays(mondayOf(lastDay), 7) : addDays(lastDay, 1);
  return { from: midnight(addDays(end, -days), zone), to: midnight(end, zone) };
}

/** The same hours of the same weekdays, seven calendar days earlier. */
export function weekBefore(period: Period, zone: string): Period {
  const earlier = (at: string) => {
    const local = dayjs(at).tz(zone);
    const day = addDays(local.format("YYYY-MM-DD"), -7);
    return dayjs.tz(`${day}T${local.format("HH:mm:ss")}`, zone).toISOString();
  };
  return { from: earlier(period.from), to: earlier(period.to) };
}

/** The buckets of a period, which begins and ends with one; a day of a clock change is one too. */
export function bucketsOf(period: Period, step: Step, zone: string): Period[] {
  const buckets: Period[] = [];
  for (let from = period.from; Date.parse(from) < Date.parse(period.to); ) {
    const to = bucketEnd(from, step, zone);
    buckets.push({ from, to });
    from = to;
  }
  return buckets;
}

function bucketEnd(from: string, step: Step, zone: string): string {
  if (step === "hour") return dayjs(from).add(1, "hour").toISOString();
  return midnight(addDays(dayOf(from, zone), step === "week" ? 7 : 1), zone);
}

export function clockTime(at: string, zone: string): string {
  return dayjs(at).tz(zone).format("HH:mm:ss");
}

export function dayAndTime(at: string, zone: string): string {
  return dayjs(at).tz(zone).format("YYYY-MM-DD HH:mm:ss");
}

/** The label of a chart's bucket: an hour in one day needs no date. */
export function bucketLabel(start: string, step: Step, days: number, zone: string): string {
  const local = dayjs(start).tz(zone);
  if (step !== "hour") {
    return local.format("MM-DD");
  }
  return local.format(days > 1 ? "MM-DD HH:mm" : "HH:mm");
}

export interface Age {
  unit: "seconds" | "minutes" | "hours" | "days";
  count: number;
}

/** How long ago `at` was, in the largest unit that fills at least once; never negative. */
export function ageOf(at: string, now: Date): Age {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(at)) / 1000));
  if (seconds < 60) return { unit: "seconds", count: seconds };
  if (seconds < 3600) return { unit: "minutes", count: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: "hours", count: Math.floor(seconds / 3600) };
  return { unit: "days", count: Math.floor(seconds / 86_400) };
}
