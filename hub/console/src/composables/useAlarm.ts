import { ref } from "vue";

import { listAlerts } from "@/api/alerts";
import { useLive, type AlertEvent } from "./useLive";
import { useRefresh } from "./useRefresh";
import { useSound } from "./useSound";

const PACE = { pause_ms: 500, every_ms: 60_000 };
const MOST_REMEMBERED = 2000;

const openCount = ref(0);
const arrived = ref<AlertEvent | null>(null);
const known = new Set<string>();

/** How many alerts are open, and the one that came last; the same on every page. */
export function useAlarm() {
  return { openCount, arrived };
}

/** Sound and count for as long as the component lives; the shell does it once. */
export function useAlarmBell(): void {
  const live = useLive();
  const { chime } = useSound();

  const recount = useRefresh(async () => {
    const page = await listAlerts({ state: "raised", limit: 200 }).catch(() => null);
    if (!page) return; // the live state shows that the hub is away; the next event asks again
    openCount.value = page.open_count;
    page.items.forEach((alert) => known.add(alert.id));
  }, PACE);

  live.on("alert", (event) => {
    recount();
    if (event.state !== "raised" || known.has(event.id)) return;
    if (known.size > MOST_REMEMBERED) known.clear();
    known.add(event.id);
    arrived.value = event;
    chime();
  });
  live.on("reopened", recount);
  recount();
}
