import { onMounted, onUnmounted } from "vue";

/** Run the action of a key, unless somebody is typing, a dialog is open or a modifier is held. */
export function useShortcuts(actionByKey: Record<string, () => void>): void {
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const action = actionByKey[event.key];
    if (!action || isDialogOpen()) return;
    event.preventDefault();
    action();
  }

  onMounted(() => addEventListener("keydown", onKey));
  onUnmounted(() => removeEventListener("keydown", onKey));
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [role=listbox]") !== null;
}

function isDialogOpen(): boolean {
  const dialogs = document.querySelectorAll<HTMLElement>(".el-overlay-dialog");
  return [...dialogs].some((dialog) => dialog.offsetParent !== null || dialog.offsetHeight > 0);
}
