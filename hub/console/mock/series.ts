/** Curves of a compound's day, with a camera that could not see for a while. */
import type { Counts, Occupancy } from "../src/api/types";
import { SITES } from "./places.ts";

const HOUR_MS = 3_600_000;
const STEP_MS: Record<string, number> = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS };
const CLASSES = { east: ["person", "non-motor"], lane: ["vehicle"], north: ["person"] } as const;

type Query = { site: string; from: string; to: string; step: Counts["step"] };

/** As the hub does, up to now only. */
function starts(query: Query): number[] {
  const step = STEP_MS[query.step] ?? HOUR_MS;
  const first = Date.parse(query.from);
  const count = Math.ceil((Math.min(Date.now(), Date.parse(query.to)) - first) / step);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/** 0..1 over a day: people leave in the morning and come home in the evening. */
function tide(at: number, peakHour: number): number {
  const hour = ((at / HOUR_MS + 8) % 24) - peakHour;
  return Math.exp(-(hour * hour) / 8) + 0.15;
}

function coverageAt(at: number): number {
  const hour = (at / HOUR_MS + 8) % 24;
  if (hour >= 3 && hour < 5) return 0;
  return hour >= 5 && hour < 7 ? 0.55 : 0.98;
}

function seriesOf(line: string, gate: string, objectClass: string, query: Query) {
  const scale = ((STEP_MS[query.step] ?? HOUR_MS) / HOUR_MS) * (objectClass === "person" ? 90 : 30);
  const isHourly = query.step === "hour";
  const points = starts(query).map((at) => {
    const coverage = isHourly ? coverageAt(at) : 0.91;
    const wobble = 0.85 + 0.3 * Math.abs(Math.sin(at / 7e7));
    const seen = (peak: number) =>
      coverage === 0 ? null : Math.round(scale * wobble * (isHourly ? tide(at, peak) : 0.4));
    return { start: new Date(at).toISOString(), in: seen(18), out: seen(8), coverage };
  });
  return { line, gate, class: objectClass as "person", points };
}

export function counts(query: Query): Counts {
  const lines = SITES.find((site) => site.id === query.site)?.lines ?? [];
  const series = lines.flatMap((line) =>
    CLASSES[line.gate as keyof typeof CLASSES].map((one) => seriesOf(line.id, line.gate, one, query)),
  );
  return { ...query, timezone: "Asia/Shanghai", series };
}

export function occupancy(query: Query): Occupancy {
  const points = starts(query).map((at) => {
    const coverage = query.step === "hour" ? coverageAt(at) : 0.91;
    const expected = Math.round(420 - 180 * tide(at, 13));
    const width = Math.round(12 + 80 * (1 - coverage));
    const isKnown = coverage > 0;
    return {
      at: new Date(Math.min(Date.now(), at + (STEP_MS[query.step] ?? HOUR_MS))).toISOString(),
      low: isKnown ? expected - width : null,
      expected: isKnown ? expected : null,
      high: isKnown ? expected + width : null,
      coverage,
    };
  });
  const now = { low: 402, expected: 431, high: 466, coverage: 0.93, corrected_at: null };
  return { site: query.site, step: query.step, points, now };
}
