/** What the hub refused, in both languages. */

export interface Problem {
  zh: string;
  en: string;
}

/** `status` 0: the hub could not be reached, or did not answer in time. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | null,
  ) {
    super(problem?.en ?? `HTTP ${status}`);
    this.name = "ApiError";
  }
}

/** The problem in an answer's body, or `null` where it is not one of the hub's. */
export function problemOf(answer: unknown): Problem | null {
  const detail = (answer as { detail?: Partial<Problem> } | null)?.detail;
  if (typeof detail?.zh !== "string" || typeof detail.en !== "string") return null;
  return { zh: detail.zh, en: detail.en };
}
