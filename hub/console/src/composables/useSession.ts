import { computed, readonly, ref } from "vue";

import * as accounts from "@/api/accounts";
import { ApiError } from "@/api/errors";
import { ROLES, type Role, type User } from "@/api/types";

const user = ref<User | null>(null);
const asked = ref(false);

export function useSession() {
  /** Ask the hub once who is signed in. */
  async function resume(): Promise<void> {
    if (asked.value) return;
    try {
      user.value = await accounts.readSession();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    asked.value = true;
  }

  async function signIn(username: string, password: string): Promise<void> {
    user.value = await accounts.signIn(username, password);
    asked.value = true;
  }

  async function signOut(): Promise<void> {
    await accounts.signOut();
    user.value = null;
  }

  /** The hub has ended the session. */
  function forget(): void {
    user.value = null;
  }

  async function changePassword(current: string, fresh: string): Promise<void> {
    await accounts.changePassword(current, fresh);
    if (user.value) user.value = { ...user.value, must_change_password: false };
  }

  function mayActAs(needed: Role): boolean {
    return user.value !== null && ROLES.indexOf(user.value.role) >= ROLES.indexOf(needed);
  }

  return {
    user: readonly(user),
    isSignedIn: computed(() => user.value !== null),
    mayActAs,
    resume,
    signIn,
    signOut,
    forget,
    changePassword,
  };
}
