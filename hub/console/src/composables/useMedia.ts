import { onScopeDispose, readonly, ref } from "vue";

/** Whether a media query holds, for layouts that style alone cannot make. */
export function useMedia(query: string) {
  const media = matchMedia(query);
  const holds = ref(media.matches);
  const follow = (event: MediaQueryListEvent) => (holds.value = event.matches);
  media.addEventListener("change", follow);
  onScopeDispose(() => media.removeEventListener("change", follow));
  return readonly(holds);
}
