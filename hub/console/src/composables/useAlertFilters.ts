import { computed, reactive, shallowRef, watch } from "vue";
import { useRoute } from "vue-router";

import type { AlertQuery, AlertState, RuleName } from "@/api/types";

export const PERIOD_HOURS = { all: null, day: 24, week: 168, month: 720 } as const;
export type PeriodName = keyof typeof PERIOD_HOURS;

export interface AlertFilters {
  state: AlertState | "";
  place: string; // "", a compound, or "compound/gate"
  rule: RuleName | "";
  period: PeriodName;
}

const NONE: AlertFilters = { state: "", place: "", rule: "", period: "all" };

/** What the page's filters say, and the query that follows; `?place=` of the address comes first. */
export function useAlertFilters() {
  const place = useRoute().query["place"];
  const filters = reactive<AlertFilters>({ ...NONE, ...(typeof place === "string" && { place }) });
  const query = shallowRef(queryOf(filters, new Date()));
  watch(filters, () => (query.value = queryOf(filters, new Date())));

  return {
    filters,
    query,
    isFiltered: computed(() => JSON.stringify(filters) !== JSON.stringify(NONE)),
    reset: () => Object.assign(filters, NONE),
  };
}

function queryOf(filters: AlertFilters, now: Date): AlertQuery {
  const [site, gate] = filters.place.split("/");
  const hours = PERIOD_HOURS[filters.period];
  return {
    ...(filters.state && { state: filters.state }),
    ...(filters.rule && { rule: filters.rule }),
    ...(site && { site }),
    ...(gate && { gate }),
    ...(hours && { from: new Date(now.getTime() - hours * 3_600_000).toISOString() }),
  };
}
