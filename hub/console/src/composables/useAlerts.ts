import { ref, watch, type Ref } from "vue";

import * as api from "@/api/alerts";
import type { AlertQuery, AlertSummary } from "@/api/types";
import { withChanged, withHead, withTail, type Page } from "@/core/alertList";
import { useLive } from "./useLive";
import { useProblem } from "./useProblem";
import { useRefresh } from "./useRefresh";

const PAGE_SIZE = 50;
const PACE = { pause_ms: 250, every_ms: 60_000 };

/** The alerts that `query` asks for, kept current; `query` is read again when it changes. */
export function useAlerts(query: Ref<AlertQuery>) {
  const page = ref<Page<AlertSummary>>({ items: [], next: null });
  const isLoading = ref(true);
  const { show } = useProblem();
  const live = useLive();

  async function read(before?: string): Promise<Page<AlertSummary> | null> {
    const asked = query.value;
    try {
      const answer = await api.listAlerts({ ...asked, limit: PAGE_SIZE, ...(before && { before }) });
      return asked === query.value ? answer : null; // the filters have changed meanwhile
    } catch (error) {
      show(error);
      return null;
    }
  }

  async function load(): Promise<void> {
    isLoading.value = true;
    const head = await read();
    if (!head) return;
    page.value = head;
    isLoading.value = false;
  }

  async function loadMore(): Promise<void> {
    if (page.value.next === null) return;
    const tail = await read(page.value.next);
    if (tail) page.value = withTail(page.value, tail);
  }

  async function readAgain(): Promise<void> {
    const head = await read();
    if (!head) return;
    page.value = withHead(page.value, head);
    isLoading.value = false;
  }

  const refresh = useRefresh(readAgain, PACE);
  live.on("alert", refresh);
  live.on("reopened", refresh);
  watch(query, load, { immediate: true });

  /** Show an alert as it has become, without waiting for the next reading. */
  function replace(changed: AlertSummary): void {
    page.value = withChanged(page.value, changed);
  }

  return { page, isLoading, loadMore, refresh, replace };
}
