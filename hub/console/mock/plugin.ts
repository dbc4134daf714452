import type { Connect, Plugin } from "vite";

import { answer } from "./routes.ts";

const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; frame-ancestors 'none'";

/** A hub that is made up, for looking at pages without one, under the policy of a real one. */
export function mockHub(): Plugin {
  function install(middlewares: Connect.Server): void {
    middlewares.use((_request, response, next) => {
      response.setHeader("Content-Security-Policy", POLICY);
      next();
    });
    middlewares.use("/api/v1", answer);
  }

  return {
    name: "zhian-mock-hub",
    configurePreviewServer: (server) => install(server.middlewares),
  };
}
