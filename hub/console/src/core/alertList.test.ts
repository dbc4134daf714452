import { describe, expect, it } from "vitest";

import { neighbour, withChanged, withHead, withTail, type Page } from "./alertList";

interface Item {
  id: string;
  raised_at: string;
  state?: string;
}

function page(next: string | null, ...minutes: number[]): Page<Item> {
  const items = minutes.map((minute) => ({
    id: `a${minute}`,
    raised_at: `2026-03-09T08:${String(minute).padStart(2, "0")}:00Z`,
  }));
  return { items, next };
}

const ids = (list: Page<Item>) => list.items.map((item) => item.id);

describe("reading the first page again", () => {
  it("adds what is new in front and keeps the older pages", () => {
    const list = withHead(page("c10", 40, 30, 20, 10), page("c30", 50, 40, 30));

    expect(ids(list)).toEqual(["a50", "a40", "a30", "a20", "a10"]);
    expect(list.next).toBe("c10");
  });

  it("drops what no longer belongs to it", () => {
    const list = withHead(page("c20", 40, 30, 20), page("c20", 40, 20));

    expect(ids(list)).toEqual(["a40", "a20"]);
  });

  it("takes it alone when it is all there is", () => {
    expect(ids(withHead(page("c10", 30, 20, 10), page(null, 20)))).toEqual(["a20"]);
  });

  it("goes on from its own end when nothing older is known", () => {
    expect(withHead(page("c50", 50), page("c60", 70, 60)).next).toBe("c60");
  });
});

it("a further page repeats nothing that is listed", () => {
  const list = withTail(page("c20", 30, 20), page(null, 20, 10));

  expect(ids(list)).toEqual(["a30", "a20", "a10"]);
  expect(list.next).toBeNull();
});

it("a changed alert stays in its place", () => {
  const list = withChanged(page(null, 30, 20), { ...page(null, 20).items[0]!, state: "resolved" });

  expect(list.items.map((item) => item.state)).toEqual([undefined, "resolved"]);
});

describe("moving through the list", () => {
  it("stops at both ends", () => {
    expect(neighbour(["a", "b"], "b", 1, 1)).toBe("b");
    expect(neighbour(["a", "b"], "a", 0, -1)).toBe("a");
  });

  it("begins at the first", () => {
    expect(neighbour(["a", "b"], null, 0, 1)).toBe("a");
  });

  it("goes on where the selected one was when it has left the list", () => {
    expect(neighbour(["a", "c", "d"], "b", 1, 1)).toBe("c");
    expect(neighbour(["a", "c", "d"], "b", 1, -1)).toBe("a");
  });

  it("leads nowhere in an empty list", () => {
    expect(neighbour([], "b", 3, 1)).toBeNull();
  });
});
