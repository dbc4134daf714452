import { ref, watch, type Ref } from "vue";

/** A choice of `allowed` that this browser remembers; without storage it lasts for the page. */
export function remembered<T extends string>(
  key: string,
  initial: T,
  allowed: readonly T[],
): Ref<T> {
  const name = `zhian.${key}`;
  const choice = ref(allowed.find((value) => value === read(name)) ?? initial) as Ref<T>;
  watch(choice, (value) => write(name, value), { flush: "sync" });
  return choice;
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage may be forbidden by the browser's settings
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // As above: the choice then lasts for this page only.
  }
}
