import { onScopeDispose, readonly, ref } from "vue";

/** The browser's clock, told every `every_ms`; the only place that reads it for screens. */
export function useNow(every_ms = 1000) {
  const now = ref(new Date());
  const timer = setInterval(() => (now.value = new Date()), every_ms);
  onScopeDispose(() => clearInterval(timer));
  return readonly(now);
}
