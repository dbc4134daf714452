/** What both charts have in common: axes, hatched gaps, the strip of coverage, tooltips. */
import type { EChartsCoreOption } from "echarts/core";

import type { Palette } from "@/composables/usePalette";

export interface Bucket {
  label: string;
  coverage: number;
  isGap: boolean;
}

export interface Words {
  coverage: string;
  notObserved: string;
}

export const GAP_AXIS = 1;
const COVERAGE_AXIS = 2;
const LEFT_PX = 44;
const RIGHT_PX = 10;
const STRIP_PX = 26;

/** Grids, axes and the series that say how well was seen; a chart adds its own series. */
export function frame(
  buckets: readonly Bucket[],
  palette: Palette,
  words: Words,
  axisText: (value: number) => string,
) {
  const labels = buckets.map((bucket) => bucket.label);
  const hidden = { show: false, type: "value", min: 0, max: 1 };
  return {
    animation: false,
    textStyle: { color: palette.text, fontFamily: "inherit" },
    legend: { top: 0, type: "scroll", textStyle: { color: palette.text } },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    grid: [
      { left: LEFT_PX, right: RIGHT_PX, top: 34, bottom: STRIP_PX + 34 },
      { left: LEFT_PX, right: RIGHT_PX, height: STRIP_PX, bottom: 4 },
    ],
    xAxis: [
      {
        type: "category",
        data: labels,
        axisLine: { onZero: false, lineStyle: { color: palette.line } },
        axisTick: { show: false },
        axisLabel: { color: palette.soft, hideOverlap: true },
      },
      { type: "category", data: labels, show: false },
      { type: "category", data: labels, gridIndex: 1, show: false },
    ],
    yAxis: [
      {
        type: "value",
        minInterval: 1,
        axisLabel: { color: palette.soft, formatter: axisText },
        splitLine: { lineStyle: { color: palette.line } },
      },
      hidden,
      {
        ...hidden,
        show: true,
        gridIndex: 1,
        interval: 1,
        axisLabel: { color: palette.soft, fontSize: 10, formatter: percentEnds },
        splitLine: { lineStyle: { color: palette.line } },
      },
    ],
    series: [gapSeries(buckets, palette, words), coverageSeries(buckets, palette, words)],
  } satisfies EChartsCoreOption;
}

function percentEnds(value: number): string {
  return value === 0 ? "0" : "100%";
}

function gapSeries(buckets: readonly Bucket[], palette: Palette, words: Words) {
  return {
    type: "bar",
    name: words.notObserved,
    xAxisIndex: GAP_AXIS,
    yAxisIndex: GAP_AXIS,
    barWidth: "100%",
    silent: true,
    z: 0,
    itemStyle: { color: { image: palette.hatch, repeat: "repeat" } },
    data: buckets.map((bucket) => (bucket.isGap ? 1 : null)),
  };
}

function coverageSeries(buckets: readonly Bucket[], palette: Palette, words: Words) {
  return {
    type: "bar",
    name: words.coverage,
    xAxisIndex: COVERAGE_AXIS,
    yAxisIndex: COVERAGE_AXIS,
    barWidth: "84%",
    data: buckets.map(({ coverage }) => ({
      value: coverage,
      itemStyle: { color: coverage < 0.8 ? palette.warning : palette.ok, opacity: 0.75 },
    })),
    itemStyle: { color: palette.ok },
  };
}

/** A tooltip made of text nodes: names come from sites' files and are never read as HTML. */
export function tooltip(title: string, rows: readonly (readonly [string, string])[]): HTMLElement {
  const box = document.createElement("div");
  const heading = document.createElement("b");
  heading.textContent = title;
  box.append(heading);
  for (const [name, value] of rows) {
    const row = document.createElement("div");
    row.textContent = `${name}  ${value}`;
    box.append(row);
  }
  return box;
}

export function tooltipFrame(palette: Palette, content: (index: number) => HTMLElement) {
  return {
    trigger: "axis",
    confine: true,
    backgroundColor: palette.panel,
    borderColor: palette.line,
    textStyle: { color: palette.text, fontSize: 13 },
    formatter: (hovered: { dataIndex: number }[]) => content(hovered[0]?.dataIndex ?? 0),
  };
}
