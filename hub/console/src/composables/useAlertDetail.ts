import { onScopeDispose, ref, watch, type Ref } from "vue";

import { readAlert } from "@/api/alerts";
import type { Alert } from "@/api/types";
import { useLive } from "./useLive";
import { useProblem } from "./useProblem";

const PICTURE_PAUSE_MS = 2000;
const PICTURE_TRIES = 30;

/** The selected alert with its history, kept current; asked again while a picture is on its way. */
export function useAlertDetail(id: Ref<string | null>) {
  const alert = ref<Alert | null>(null);
  const { show } = useProblem();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let triesLeft = 0;

  async function read(): Promise<void> {
    clearTimeout(timer);
    const wanted = id.value;
    if (wanted === null) return;
    try {
      const answer = await readAlert(wanted);
      if (wanted === id.value) take(answer);
    } catch (error) {
      show(error);
    }
  }

  function take(answer: Alert): void {
    alert.value = answer;
    const isPictureComing = answer.evidence.some((picture) => !picture.available);
    if (isPictureComing && triesLeft-- > 0) timer = setTimeout(read, PICTURE_PAUSE_MS);
  }

  watch(
    id,
    () => {
      alert.value = null;
      triesLeft = PICTURE_TRIES;
      void read();
    },
    { immediate: true },
  );
  const live = useLive();
  live.on("alert", (event) => void (event.id === id.value && read()));
  live.on("reopened", () => void read());
  onScopeDispose(() => clearTimeout(timer));

  return { alert, read };
}
