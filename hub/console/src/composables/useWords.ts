import { useI18n } from "vue-i18n";

import { ageOf } from "@/core/time";

/** Words for what the hub sends; what has no word is shown as it came. */
export function useWords() {
  const { t, te } = useI18n();

  /** `count` chooses between one and many, where the language tells them apart. */
  function word(group: string, name: string, count = 1): string {
    const key = `${group}.${name}`;
    return te(key) || te(key, "zh-CN") ? t(key, count) : name;
  }

  function ageText(at: string, now: Date): string {
    const { unit, count } = ageOf(at, now);
    return t(`common.ago.${unit}`, { n: count });
  }

  function percent(share: number | null): string {
    return share === null ? t("common.notObserved") : `${Math.round(share * 1000) / 10}%`;
  }

  return { word, ageText, percent };
}
