import type { EChartsCoreOption } from "echarts/core";

import type { Palette } from "@/composables/usePalette";
import type { FlowGroup, FlowPoint } from "@/core/flow";
import { frame, tooltip, tooltipFrame, type Bucket, type Words } from "./frame";

export interface FlowWords extends Words {
  in: string;
  out: string;
  lastWeek: string;
}

export interface FlowGroupNamed extends FlowGroup {
  name: string;
  colour: string;
}

export interface FlowChart {
  buckets: readonly Bucket[];
  groups: readonly FlowGroupNamed[];
  /** The sum of all groups a week earlier; empty where it is not asked for. */
  before: readonly FlowPoint[];
}

/** In above the axis, out below it, what a week earlier was as a broken line. */
export function flowOption(chart: FlowChart, palette: Palette, words: FlowWords): EChartsCoreOption {
  const base = frame(chart.buckets, palette, words, (value) => String(Math.abs(value)));
  const names = chart.groups.map((group) => group.name);
  return {
    ...base,
    legend: { ...base.legend, data: chart.before.length > 0 ? [...names, words.lastWeek] : names },
    tooltip: tooltipFrame(palette, (index) => contentAt(chart, words, index)),
    series: [...base.series, ...chart.groups.flatMap(bars), ...lastWeek(chart, palette, words)],
  };
}

function bars(group: FlowGroupNamed) {
  const one = {
    type: "bar",
    name: group.name,
    stack: "flow",
    barMaxWidth: 34,
    itemStyle: { color: group.colour },
  };
  return [
    { ...one, data: group.points.map((point) => point.in) },
    {
      ...one,
      itemStyle: { color: group.colour, opacity: 0.62 },
      data: group.points.map((point) => below(point.out)),
    },
  ];
}

function lastWeek(chart: FlowChart, palette: Palette, words: FlowWords) {
  if (chart.before.length === 0) return [];
  const one = {
    type: "line",
    name: words.lastWeek,
    step: "middle",
    symbol: "none",
    lineStyle: { type: "dashed", width: 1.5, color: palette.text },
    itemStyle: { color: palette.text },
  };
  return [
    { ...one, data: chart.before.map((point) => point.in) },
    { ...one, data: chart.before.map((point) => below(point.out)) },
  ];
}

function below(value: number | null): number | null {
  return value === null ? null : -value;
}

function contentAt(chart: FlowChart, words: FlowWords, index: number): HTMLElement {
  const bucket = chart.buckets[index];
  const flow = (point: FlowPoint | undefined) =>
    point && point.in !== null
      ? `${words.in} ${point.in} · ${words.out} ${point.out}`
      : words.notObserved;
  const rows: [string, string][] = chart.groups.map((one) => [one.name, flow(one.points[index])]);
  if (chart.before.length > 0) rows.push([words.lastWeek, flow(chart.before[index])]);
  rows.push([words.coverage, `${Math.round((bucket?.coverage ?? 0) * 100)}%`]);
  return tooltip(bucket?.label ?? "", rows);
}
