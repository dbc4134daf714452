import { ref, shallowRef, watch } from "vue";

import { readCounts, readOccupancy } from "@/api/series";
import type { Counts, Occupancy } from "@/api/types";
import type { Period } from "@/core/time";
import { useLive } from "./useLive";
import { useProblem } from "./useProblem";
import { useRefresh } from "./useRefresh";
import type { TrendRequest } from "./useTrendRequest";

const PACE = { pause_ms: 5000, every_ms: 60_000 };

export interface Trends {
  counts: Counts;
  before: Counts | null;
  occupancy: Occupancy;
}

/** Flow and occupancy of the period that is asked for, read again while it is running. */
export function useTrends({ choice, period, before, isAtNow }: TrendRequest) {
  const trends = shallowRef<Trends | null>(null);
  const isLoading = ref(false);
  const { show } = useProblem();
  const live = useLive();
  let asked = 0;

  function counts({ from, to }: Period): Promise<Counts> {
    const { site, step, objectClass, gate } = choice;
    return readCounts({
      site,
      from,
      to,
      step,
      ...(objectClass && { class: objectClass }),
      ...(gate && { gate }),
    });
  }

  async function read(): Promise<void> {
    if (!choice.site) return;
    const mine = ++asked;
    isLoading.value = true;
    try {
      const [now, then, occupancy] = await Promise.all([
        counts(period.value),
        choice.compare ? counts(before.value) : null,
        readOccupancy({ site: choice.site, step: choice.step, ...period.value }),
      ]);
      if (mine === asked) trends.value = { counts: now, before: then, occupancy };
    } catch (error) {
      if (mine === asked) show(error);
    } finally {
      if (mine === asked) isLoading.value = false;
    }
  }

  const refresh = useRefresh(async () => {
    if (isAtNow.value) await read();
  }, PACE);
  live.on("gate", (event) => event.site === choice.site && refresh());
  live.on("reopened", refresh);
  watch(
    () => [
      choice.site,
      choice.step,
      period.value.from,
      period.value.to,
      choice.objectClass,
      choice.gate,
      choice.compare,
    ],
    read,
    { immediate: true },
  );

  return { trends, isLoading };
}
