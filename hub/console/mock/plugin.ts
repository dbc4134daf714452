import type { Plugin } from "vite";

import { answer } from "./routes.ts";

/** A hub that is made up, for looking at pages without one: `npm run mock`. */
export function mockHub(): Plugin {
  return {
    name: "zhian-mock-hub",
    configureServer(server) {
      server.middlewares.use("/api/v1", answer);
    },
  };
}
