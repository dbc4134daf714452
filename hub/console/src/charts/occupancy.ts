import type { EChartsCoreOption } from "echarts/core";

import type { Occupancy } from "@/api/types";
import type { Palette } from "@/composables/usePalette";
import { frame, tooltip, tooltipFrame, type Bucket, type Words } from "./frame";

export interface OccupancyWords extends Words {
  occupancy: string;
  expected: string;
}

export interface OccupancyChart {
  buckets: readonly Bucket[];
  /** One for each bucket: how many were inside at its end. */
  levels: readonly (Occupancy["points"][number] | null)[];
}

/** A band from low to high with the expected line in it, broken where nobody knows. */
export function occupancyOption(
  chart: OccupancyChart,
  palette: Palette,
  words: OccupancyWords,
): EChartsCoreOption {
  const base = frame(chart.buckets, palette, words, String);
  const line = { type: "line", showSymbol: false, lineStyle: { width: 0 } };
  const band = { ...line, stack: "band", stackStrategy: "all", silent: true };
  return {
    ...base,
    legend: { ...base.legend, data: [words.occupancy, words.expected] },
    tooltip: tooltipFrame(palette, (index) => contentAt(chart, words, index)),
    series: [
      ...base.series,
      { ...band, name: "", data: chart.levels.map((level) => level?.low ?? null) },
      {
        ...band,
        name: words.occupancy,
        areaStyle: { color: palette.accent, opacity: 0.25 },
        itemStyle: { color: palette.accent, opacity: 0.4 },
        symbol: "roundRect",
        data: chart.levels.map(width),
      },
      {
        ...line,
        name: words.expected,
        showSymbol: true,
        symbolSize: 4,
        lineStyle: { width: 2, color: palette.accent },
        itemStyle: { color: palette.accent },
        data: chart.levels.map((level) => level?.expected ?? null),
      },
    ],
  };
}

function width(level: OccupancyChart["levels"][number]): number | null {
  return level === null || level.low === null || level.high === null ? null : level.high - level.low;
}

function contentAt(chart: OccupancyChart, words: OccupancyWords, index: number): HTMLElement {
  const bucket = chart.buckets[index];
  const level = chart.levels[index];
  const isKnown = level != null && level.expected !== null;
  return tooltip(bucket?.label ?? "", [
    [words.occupancy, isKnown ? `${level.low}–${level.high}` : words.notObserved],
    ...(isKnown ? [[words.expected, String(level.expected)] as const] : []),
    [words.coverage, `${Math.round((bucket?.coverage ?? 0) * 100)}%`],
  ]);
}
