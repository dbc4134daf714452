/** A list of alerts, newest first, of which only the first pages are known. */

interface Listed {
  id: string;
  raised_at: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** The first page was read again: what it covers is replaced, what is older stays. */
export function withHead<T extends Listed>(known: Page<T>, head: Page<T>): Page<T> {
  const oldest = head.items.at(-1);
  if (head.next === null || !oldest) return head;
  const inHead = new Set(head.items.map((item) => item.id));
  const older = known.items.filter((item) => isOlder(item, oldest) && !inHead.has(item.id));
  return older.length === 0 ? head : { items: [...head.items, ...older], next: known.next };
}

/** The page after the last one was read. */
export function withTail<T extends Listed>(known: Page<T>, tail: Page<T>): Page<T> {
  const listed = new Set(known.items.map((item) => item.id));
  const added = tail.items.filter((item) => !listed.has(item.id));
  return { items: [...known.items, ...added], next: tail.next };
}

/** One alert has changed; where it is not listed, nothing does. */
export function withChanged<T extends Listed>(known: Page<T>, changed: T): Page<T> {
  const items = known.items.map((item) => (item.id === changed.id ? changed : item));
  return { ...known, items };
}

function isOlder(a: Listed, b: Listed): boolean {
  return Date.parse(a.raised_at) <= Date.parse(b.raised_at);
}

/**
 * The id `by` places after `selected`, within the list. Where `selected` is not listed (any more),
 * counting starts at `place`, where it was last.
 */
export function neighbour(
  ids: readonly string[],
  selected: string | null,
  place: number,
  by: 1 | -1,
): string | null {
  const at = selected === null ? -1 : ids.indexOf(selected);
  const from = at >= 0 ? at + by : by > 0 ? place : place - 1;
  return ids[Math.min(Math.max(from, 0), ids.length - 1)] ?? null;
}
