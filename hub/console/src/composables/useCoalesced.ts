import { onScopeDispose } from "vue";

/** Ask for `work` as often as you like: it runs at once, then at most once in `pause_ms`. */
export function useCoalesced(work: () => Promise<void>, pause_ms: number): () => void {
  let isBusy = false;
  let isWanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function run(): Promise<void> {
    isBusy = true;
    isWanted = false;
    await work();
    timer = setTimeout(() => {
      isBusy = false;
      if (isWanted) void run();
    }, pause_ms);
  }

  onScopeDispose(() => {
    clearTimeout(timer);
    isBusy = true; // what is still wanted is not done any more
  });

  return () => {
    isWanted = true;
    if (!isBusy) void run();
  };
}
