import "element-plus/theme-chalk/base.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "element-plus/theme-chalk/el-message.css";
import "./styles/tokens.css";
import "./styles/base.css";

import { createApp } from "vue";

import App from "./App.vue";
import { whenSignedOut } from "./api/client";
import { useSession } from "./composables/useSession";
import { i18n } from "./i18n";
import { router } from "./router";

whenSignedOut(() => {
  useSession().forget();
  const here = router.currentRoute.value;
  if (here.name !== "sign-in") {
    void router.push({ name: "sign-in", query: { next: here.fullPath, ended: "1" } });
  }
});

createApp(App).use(i18n).use(router).mount("#app");
