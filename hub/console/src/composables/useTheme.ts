import { computed, ref, watchEffect } from "vue";

import { remembered } from "./remembered";

const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const theme = remembered<Theme>("theme", "auto", THEMES);
const system = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = ref(system.matches);
system.addEventListener("change", (event) => (systemIsDark.value = event.matches));

const isDark = computed(() => theme.value === "dark" || (theme.value === "auto" && systemIsDark.value));

// Element Plus takes its dark colours where the root has this class.
watchEffect(() => document.documentElement.classList.toggle("dark", isDark.value), {
  flush: "sync", // charts read the colours as soon as isDark has changed
});

export function useTheme() {
  function next(): void {
    theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "auto";
  }
  return { theme, isDark, next };
}
