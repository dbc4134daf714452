import { onScopeDispose, ref } from "vue";

import { listGates, listGateways, readOccupancyNow } from "@/api/sites";
import type { GateNow, Gateway, SiteOccupancy } from "@/api/types";
import { useCoalesced } from "./useCoalesced";
import { useLive } from "./useLive";
import { useProblem } from "./useProblem";

const PAUSE_MS = 1000;
const EVERY_MS = 30_000; // what has no event of its own: ages, completeness, the last hour's sums

/** The gates, gateways and occupancies as they are now, kept current. */
export function useGates() {
  const gates = ref<GateNow[]>([]);
  const gateways = ref<Gateway[]>([]);
  const occupancies = ref<SiteOccupancy[]>([]);
  const isLoading = ref(true);
  const { show } = useProblem();
  const live = useLive();

  async function read(): Promise<void> {
    try {
      [gates.value, gateways.value, occupancies.value] = await Promise.all([
        listGates(),
        listGateways(),
        readOccupancyNow(),
      ]);
      isLoading.value = false;
    } catch (error) {
      show(error);
    }
  }

  const refresh = useCoalesced(read, PAUSE_MS);
  for (const name of ["gate", "gateway", "alert", "reopened"] as const) live.on(name, refresh);
  const timer = setInterval(refresh, EVERY_MS);
  onScopeDispose(() => clearInterval(timer));
  refresh();

  return { gates, gateways, occupancies, isLoading, refresh };
}
