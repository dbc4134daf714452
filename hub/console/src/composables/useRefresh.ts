import { onScopeDispose } from "vue";

interface Pace {
  /** The shortest time between two runs. */
  pause_ms: number;
  /** How often to run when nobody asks: for what has no event, or whose event was lost. */
  every_ms: number;
}

/** Ask for `work` as often as you like: it runs at once, then at most once in `pause_ms`. */
export function useRefresh(work: () => Promise<void>, { pause_ms, every_ms }: Pace): () => void {
  let isBusy = false;
  let isWanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function run(): Promise<void> {
    isBusy = true;
    isWanted = false;
    try {
      await work();
    } finally {
      timer = setTimeout(() => {
        isBusy = false;
        if (isWanted) void run();
      }, pause_ms); // also after a fault, or nothing would ever be read again
    }
  }

  function refresh(): void {
    isWanted = true;
    if (!isBusy) void run();
  }

  const clock = setInterval(refresh, every_ms);
  onScopeDispose(() => {
    clearInterval(clock);
    clearTimeout(timer);
    isBusy = true; // what is still wanted is not done any more
  });
  return refresh;
}
