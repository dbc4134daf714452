import { fileURLToPath } from "node:url";

import vue from "@vitejs/plugin-vue";
import components from "unplugin-vue-components/vite";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
import { defineConfig } from "vitest/config";

import { mockHub } from "./mock/plugin.ts";

const hub = process.env["ZHIAN_HUB_URL"] ?? "http://127.0.0.1:8420";

export default defineConfig(({ mode }) => ({
  plugins: [
    vue(),
    // Element Plus à la carte: each component brings its own code and style.
    components({ dirs: [], dts: "src/components.d.ts", resolvers: [ElementPlusResolver()] }),
    ...(mode === "mock" ? [mockHub()] : []),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: true, // Element Plus has components in that style
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    target: "es2022",
    // The hub's policy allows images as data:, but scripts and fonts from itself only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { host: "127.0.0.1", ...(mode === "mock" ? {} : { proxy: { "/api": hub } }) },
  test: { include: ["src/**/*.test.ts"] },
}));
