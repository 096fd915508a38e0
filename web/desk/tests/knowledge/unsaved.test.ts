import { describe, expect, test } from "vitest";
import { EMPTY } from "../../src/knowledge/core/content";
import { NEW, UnsavedTexts } from "../../src/knowledge/core/unsaved";

class Shelf {
  readonly items = new Map<string, string>();
  full = false;
  getItem = (key: string) => this.items.get(key) ?? null;
  removeItem = (key: string) => void this.items.delete(key);
  setItem = (key: string, value: string) => {
    if (this.full) throw new Error("full");
    this.items.set(key, value);
  };
}

const text = { content: { ...EMPTY, question: "印花税怎么算" }, base_version: 3, note: "改问法" };

describe("unsaved text", () => {
  test("comes back after a reload, for whoever typed it and no one else", () => {
    const shelf = new Shelf();
    new UnsavedTexts("st_1", shelf).write("T09-01", text);
    expect(new UnsavedTexts("st_1", shelf).read("T09-01")).toEqual(text);
    expect(new UnsavedTexts("st_1", shelf).read("T09-02")).toBeNull();
    expect(new UnsavedTexts("st_2", shelf).read("T09-01")).toBeNull();
  });

  test("of several entries is kept apart, and gone when it is let go", () => {
    const shelf = new Shelf();
    const kept = new UnsavedTexts("st_1", shelf);
    kept.write("T09-01", text);
    kept.write(NEW, { ...text, id: "T09-13" });
    expect(kept.ids()).toEqual(["T09-01", NEW]);
    kept.write("T09-01", null);
    expect(kept.ids()).toEqual([NEW]);
    kept.write(NEW, null);
    expect(shelf.items.size).toBe(0);
  });

  test("is no reason to fail when the store is full, forbidden or spoiled", () => {
    const shelf = new Shelf();
    shelf.full = true;
    const kept = new UnsavedTexts("st_1", shelf);
    kept.write("T09-01", text);
    expect(kept.read("T09-01")).toBeNull();
    shelf.items.set("daoban.desk.knowledge.st_1", "{");
    expect(kept.ids()).toEqual([]);
  });
});
