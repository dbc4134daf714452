import { computed, reactive, watch } from "vue";

import type { ObjectClass } from "@/api/types";
import { addDays, dayOf, periodEnding, SPANS, weekBefore, type Step } from "@/core/time";
import { useSites } from "./useSites";

export interface TrendChoice {
  site: string;
  step: Step;
  days: number;
  /** The last day shown, `YYYY-MM-DD` in the compound's zone. */
  until: string;
  group: "class" | "gate";
  objectClass: ObjectClass | "";
  gate: string;
  compare: boolean;
}

export type TrendRequest = ReturnType<typeof useTrendRequest>;

/** What the page's controls say, and the periods that follow. */
export function useTrendRequest() {
  const { sites, zoneOf } = useSites();
  const choice = reactive<TrendChoice>({
    site: "",
    step: "hour",
    days: SPANS.hour[0] ?? 1,
    until: "",
    group: "class",
    objectClass: "",
    gate: "",
    compare: true,
  });
  const zone = computed(() => zoneOf(choice.site));

  function today(): string {
    return dayOf(new Date(), zone.value);
  }

  watch(
    sites,
    (known) => {
      if (known.some((site) => site.id === choice.site)) return;
      choice.site = known[0]?.id ?? "";
      choice.until = today();
    },
    { immediate: true },
  );
  watch(
    () => choice.site,
    () => (choice.gate = ""),
  );
  watch(
    () => choice.step,
    (step) => (choice.days = SPANS[step][0] ?? 1),
    { flush: "sync" }, // a step never goes with another step's span
  );

  const period = computed(() =>
    periodEnding(choice.until || today(), choice.days, choice.step, zone.value),
  );
  const before = computed(() => weekBefore(period.value, zone.value));

  function shift(direction: 1 | -1): void {
    const moved = addDays(choice.until || today(), direction * choice.days);
    choice.until = moved > today() ? today() : moved;
  }

  return {
    choice,
    zone,
    period,
    before,
    today,
    shift,
    isAtNow: computed(() => (choice.until || today()) >= today()),
  };
}
