import { computed } from "vue";
import { createI18n } from "vue-i18n";

import { remembered } from "@/composables/remembered";
import en from "./en";
import zh from "./zh-CN";

export type Language = "zh-CN" | "en";

const language = remembered<Language>("language", "zh-CN", ["zh-CN", "en"]);

export const i18n = createI18n<false>({
  legacy: false,
  locale: language.value,
  fallbackLocale: "zh-CN",
  messages: { "zh-CN": zh, en },
});

export function useLanguage() {
  function switchTo(next: Language): void {
    language.value = next;
    i18n.global.locale.value = next;
    document.documentElement.lang = next;
  }
  return { language: computed(() => language.value), switchTo };
}
