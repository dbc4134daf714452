import { computed, type Ref } from "vue";
import { useI18n } from "vue-i18n";

import type { Counts } from "@/api/types";
import type { FlowGroupNamed } from "@/charts/flow";
import type { Bucket } from "@/charts/frame";
import { addUp, comparable, groupFlow, totalsOf, type FlowPoint } from "@/core/flow";
import { bucketLabel, bucketsOf, type Period } from "@/core/time";
import { countedOnce, flowIn, standingOf } from "@/core/trend";
import { usePalette } from "./usePalette";
import { useSites } from "./useSites";
import type { TrendRequest } from "./useTrendRequest";
import type { Trends } from "./useTrends";

/** The flow as the page shows it: grouped, named, coloured and added up. */
export function useFlowView(trends: Ref<Trends | null>, request: TrendRequest) {
  const { choice, zone, period, before } = request;
  const { t } = useI18n();
  const { siteOf, gateName } = useSites();
  const palette = usePalette();

  function counted(counts: Counts | null | undefined): Counts["series"] {
    return countedOnce(counts?.series ?? [], siteOf(choice.site)?.lines ?? []);
  }

  function over(span: Period, points: readonly FlowPoint[]): FlowPoint[] {
    return flowIn(bucketsOf(span, choice.step, zone.value), points);
  }

  const series = computed(() => counted(trends.value?.counts));
  const sum = computed(() => addUp(series.value));
  const seriesBefore = computed(() => counted(trends.value?.before));
  const sumBefore = computed(() =>
    seriesBefore.value.length > 0 ? over(before.value, addUp(seriesBefore.value)) : [],
  );

  const buckets = computed<Bucket[]>(() => {
    const now = new Date();
    const told = new Set(sum.value.map((point) => Date.parse(point.start)));
    const points = over(period.value, sum.value);
    return bucketsOf(period.value, choice.step, zone.value).map((bucket, index) => {
      const isKnown = told.has(Date.parse(bucket.from)) || standingOf(bucket, now) === "over";
      const point = points[index];
      return {
        label: bucketLabel(bucket.from, choice.step, choice.days, zone.value),
        coverage: point?.coverage ?? 0,
        isGap: isKnown && point?.in === null,
      };
    });
  });

  const groups = computed<FlowGroupNamed[]>(() => {
    const isByGate = choice.group === "gate";
    const { cycle, classes } = palette.value;
    const found = groupFlow(series.value, (one) => (isByGate ? one.gate : one.class));
    return found.map(({ key, points }, index) => ({
      key,
      points: over(period.value, points),
      name: isByGate ? gateName(choice.site, key) : t(`classes.${key}`),
      colour: (isByGate ? undefined : classes[key]) ?? cycle[index % cycle.length] ?? "#888",
    }));
  });

  const totals = computed(() => totalsOf(sum.value));

  /** Only buckets that are over are compared: a running one would always look like less. */
  const compared = computed(() => {
    const now = new Date();
    const whole = bucketsOf(period.value, choice.step, zone.value).filter(
      (bucket) => standingOf(bucket, now) === "over",
    );
    return comparable(flowIn(whole, sum.value), sumBefore.value);
  });

  return { buckets, groups, sumBefore, totals, compared };
}
