import { ref } from "vue";

import { listGates, listGateways, readOccupancyNow } from "@/api/sites";
import type { GateNow, Gateway, SiteOccupancy } from "@/api/types";
import { useLive } from "./useLive";
import { useProblem } from "./useProblem";
import { useRefresh } from "./useRefresh";

const PACE = { pause_ms: 1000, every_ms: 30_000 };

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

  const refresh = useRefresh(read, PACE);
  for (const name of ["gate", "gateway", "alert", "reopened"] as const) live.on(name, refresh);
  refresh();

  return { gates, gateways, occupancies, isLoading, refresh };
}
