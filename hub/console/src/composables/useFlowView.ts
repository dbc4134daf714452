import { computed, type Ref } from "vue";
import { useI18n } from "vue-i18n";

import type { Counts } from "@/api/types";
import type { FlowGroupNamed } from "@/charts/flow";
import type { Bucket } from "@/charts/frame";
import { addUp, groupFlow } from "@/core/flow";
import { bucketLabel } from "@/core/time";
import { begun, countedOnce } from "@/core/trend";
import { usePalette } from "./usePalette";
import { useSites } from "./useSites";
import type { TrendRequest } from "./useTrendRequest";
import type { Trends } from "./useTrends";

/** The flow as the page shows it: grouped, named, coloured and added up. */
export function useFlowView(trends: Ref<Trends | null>, request: TrendRequest) {
  const { choice, zone } = request;
  const { t } = useI18n();
  const { siteOf, gateName } = useSites();
  const palette = usePalette();

  function counted(counts: Counts | null | undefined): Counts["series"] {
    return countedOnce(counts?.series ?? [], siteOf(choice.site)?.lines ?? []);
  }

  const series = computed(() => counted(trends.value?.counts));
  const sum = computed(() => addUp(series.value));
  const sumBefore = computed(() => addUp(counted(trends.value?.before)));
  const past = computed(() => begun(sum.value, new Date()));

  const buckets = computed<Bucket[]>(() =>
    sum.value.map((point, index) => ({
      label: bucketLabel(point.start, choice.step, choice.days, zone.value),
      coverage: point.coverage,
      isGap: point.in === null && index < past.value.length,
    })),
  );

  const groups = computed<FlowGroupNamed[]>(() => {
    const isByGate = choice.group === "gate";
    const { cycle, classes } = palette.value;
    const found = groupFlow(series.value, (one) => (isByGate ? one.gate : one.class));
    return found.map((group, index) => ({
      ...group,
      name: isByGate ? gateName(choice.site, group.key) : t(`classes.${group.key}`),
      colour: (isByGate ? undefined : classes[group.key]) ?? cycle[index % cycle.length] ?? "#888",
    }));
  });

  return { buckets, groups, past, sumBefore };
}
