import { ElMessage } from "element-plus/es/components/message/index";
import { useI18n } from "vue-i18n";

import { ApiError } from "@/api/errors";

/** Tell people what went wrong, in their language. */
export function useProblem() {
  const { t, locale } = useI18n();

  function textOf(error: unknown): string {
    if (!(error instanceof ApiError)) throw error; // a mistake of ours: let it be seen
    if (error.status === 0) return t("error.unreachable");
    if (!error.problem) return t("error.unexpected", { status: error.status });
    const message = locale.value === "en" ? error.problem.en : error.problem.zh;
    return error.status === 409 ? t("error.conflict", { message }) : message;
  }

  function show(error: unknown): void {
    ElMessage({ message: textOf(error), type: "error", grouping: true, showClose: true });
  }

  return { textOf, show };
}
