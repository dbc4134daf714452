import { computed, ref, watch, type Ref } from "vue";

import * as api from "@/api/alerts";
import type { AlertAction, AlertQuery } from "@/api/types";
import { neighbour } from "@/core/alertList";
import { useAlarm } from "./useAlarm";
import { useAlertDetail } from "./useAlertDetail";
import { useAlerts } from "./useAlerts";
import { useProblem } from "./useProblem";

/** The guard's desk: the list, the alert that is open on it, and what is done with either. */
export function useAlertDesk(query: Ref<AlertQuery>) {
  const { page, isLoading, loadMore, refresh, replace } = useAlerts(query);
  const selected = ref<string | null>(null);
  const { alert, read } = useAlertDetail(selected);
  const fresh = ref(new Set<string>());
  const busy = ref<string | null>(null);
  const note = ref("");
  const { arrived } = useAlarm();
  const { show } = useProblem();
  const ids = computed(() => page.value.items.map((item) => item.id));
  let place = 0;

  watch(ids, (now) => {
    const at = selected.value === null ? -1 : now.indexOf(selected.value);
    if (at >= 0) place = at;
  });
  watch(arrived, (event) => event && fresh.value.add(event.id));

  function select(id: string | null): void {
    if (id === selected.value) return;
    selected.value = id;
    note.value = "";
    if (id === null) return;
    place = Math.max(0, ids.value.indexOf(id));
    fresh.value.delete(id);
  }

  function move(by: 1 | -1): void {
    select(neighbour(ids.value, selected.value, place, by));
  }

  async function act(id: string, action: AlertAction): Promise<void> {
    if (busy.value !== null) return;
    busy.value = id;
    try {
      const changed = await api.act(id, action, id === selected.value ? note.value : "");
      replace(changed);
      fresh.value.delete(id);
      if (id === selected.value) {
        alert.value = changed;
        note.value = "";
      }
    } catch (error) {
      show(error);
      refresh(); // somebody else may have been quicker: show what the hub has
      void read();
    } finally {
      busy.value = null;
    }
  }

  /** Act on the open alert, where its state allows it. */
  function actOnSelected(action: AlertAction): void {
    if (alert.value?.allowed.includes(action)) void act(alert.value.id, action);
  }

  return {
    page,
    isLoading,
    loadMore,
    selected,
    alert,
    fresh,
    busy,
    note,
    select,
    move,
    act,
    actOnSelected,
  };
}
