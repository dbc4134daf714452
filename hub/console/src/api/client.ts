/** The hub's API, typed by its OpenAPI (schema.d.ts is generated: `npm run api`). */
import createClient, { type Middleware } from "openapi-fetch";

import { ApiError, problemOf } from "./errors";
import type { paths } from "./schema";

const TIMEOUT_MS = 20_000;

let onSignedOut: () => void = () => {};

/** Have `react` called whenever the hub says that nobody is signed in. */
export function whenSignedOut(react: () => void): void {
  onSignedOut = react;
}

const refusals: Middleware = {
  async onResponse({ response, schemaPath }) {
    if (response.ok) return;
    if (response.status === 401 && schemaPath !== "/api/v1/session") onSignedOut();
    throw new ApiError(response.status, problemOf(await response.json().catch(() => null)));
  },
  onError() {
    return new ApiError(0, null);
  },
};

const client = createClient<paths>({
  // The hub takes unsafe methods only with this header, which other sites cannot set.
  headers: { "X-Requested-With": "zhian" },
  credentials: "same-origin",
  cache: "no-store",
  fetch: (request) => fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) }),
});
client.use(refusals);

export default client;

/** The body of an answer; refusals have been thrown before (`ApiError`). */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
