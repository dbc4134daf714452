import { createRouter, createWebHashHistory } from "vue-router";

import type { Role } from "./api/types";
import { useSession } from "./composables/useSession";

declare module "vue-router" {
  interface RouteMeta {
    /** Who may see the page; nobody needs to be signed in where it is absent. */
    role?: Role;
  }
}

/** Behind a hash, so that the hub serves one page and no rewriting is needed. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/", redirect: "/alerts" },
    { path: "/sign-in", name: "sign-in", component: () => import("./pages/SignInPage.vue") },
    {
      path: "/alerts",
      name: "alerts",
      component: () => import("./pages/AlertsPage.vue"),
      meta: { role: "guard" },
    },
    {
      path: "/gates",
      name: "gates",
      component: () => import("./pages/GatesPage.vue"),
      meta: { role: "guard" },
    },
    {
      path: "/trends",
      name: "trends",
      component: () => import("./pages/TrendsPage.vue"),
      meta: { role: "guard" },
    },
    {
      path: "/users",
      name: "users",
      component: () => import("./pages/UsersPage.vue"),
      meta: { role: "administrator" },
    },
    { path: "/:rest(.*)", redirect: "/alerts" },
  ],
});

router.beforeEach(async (to) => {
  const { resume, isSignedIn, mayActAs } = useSession();
  await resume().catch(() => {}); // an unreachable hub is told by the sign-in page
  if (!to.meta.role) return true;
  if (!isSignedIn.value) return { name: "sign-in", query: { next: to.fullPath } };
  return mayActAs(to.meta.role) || { name: "alerts" };
});
