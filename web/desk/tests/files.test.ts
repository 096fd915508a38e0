import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../src/core/api";
import type { FileRef, Message, SentFile } from "../src/core/contract";
import { kindOf, photosOf, Shelf, sizeOf } from "../src/core/files";
import { texts } from "../src/texts";

const file = (file_id: string, more: Partial<FileRef> = {}): FileRef => ({
  file_id,
  name: `${file_id}.jpg`,
  type: "image/jpeg",
  size: 10,
  width: 4,
  height: 3,
  ...more,
});
const sent = (file_id: string, seq: number, more: Partial<SentFile> = {}): SentFile => ({
  ...file(file_id),
  seq,
  sent_at: "2026-11-24T02:00:00Z",
  ...more,
});
const carrying = (seq: number, ...files: FileRef[]): Message => ({
  seq,
  at: "2026-11-24T02:00:00Z",
  sender: "taxpayer",
  kind: "file",
  text: "",
  meta: { files },
});

describe("a shelf of photos", () => {
  const made: string[] = [];
  const revoked: string[] = [];
  beforeEach(() => {
    made.length = 0;
    revoked.length = 0;
    vi.spyOn(URL, "createObjectURL").mockImplementation(() => {
      made.push(`blob:${made.length}`);
      return `blob:${made.length - 1}`;
    });
    vi.spyOn(URL, "revokeObjectURL").mockImplementation((url) => void revoked.push(url));
  });
  afterEach(() => vi.restoreAllMocks());
  const settled = (shelf: Shelf, id: string) =>
    vi.waitFor(() => expect(shelf.get(id)?.state).not.toBe("loading"));

  test("fetches nothing before it is wanted, and each once", async () => {
    const fetch = vi.fn(async () => new Blob());
    const shelf = new Shelf(fetch);
    expect(shelf.get("a")).toBeUndefined();
    shelf.want("a");
    shelf.want("a");
    await settled(shelf, "a");
    shelf.want("a");
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(shelf.get("a")).toEqual({ state: "ready", url: "blob:0" });
  });

  test("tries again what failed, but not what is gone", async () => {
    const answers = [new Problem(0, "network", "x"), new Problem(404, "no_such_file", "x")];
    const shelf = new Shelf(async () => {
      throw answers.shift();
    });
    shelf.want("a");
    await settled(shelf, "a");
    expect(shelf.get("a")?.state).toBe("failed");
    shelf.want("a");
    await settled(shelf, "a");
    expect(shelf.get("a")?.state).toBe("gone");
    shelf.want("a");
    expect(shelf.get("a")?.state).toBe("gone");
  });

  test("lets go of all when it is closed, also of what arrives afterwards", async () => {
    let arrive: (blob: Blob) => void = () => undefined;
    const late = new Promise<Blob>((done) => {
      arrive = done;
    });
    const shelf = new Shelf((id) => (id === "late" ? late : Promise.resolve(new Blob())));
    shelf.want("a");
    shelf.want("late");
    await settled(shelf, "a");
    shelf.close();
    arrive(new Blob());
    await late;
    await Promise.resolve();
    expect(revoked).toEqual(["blob:0"]);
    expect(made).toHaveLength(1);
    expect([shelf.get("a"), shelf.get("late")]).toEqual([undefined, undefined]);
  });
});

describe("photos to look at", () => {
  test("are the oldest first, with what the context does not know yet", () => {
    const context = [sent("c", 5), sent("b", 2), sent("a", 2)];
    const log = [carrying(2, file("a"), file("b")), carrying(6, file("d"))];
    expect(photosOf(log, context).map((each) => each.file_id)).toEqual(["a", "b", "c", "d"]);
  });

  test("are no documents, and none that was removed", () => {
    const pdf = { type: "application/pdf", width: null };
    const log = [carrying(1, file("p", pdf), file("gone"))];
    expect(photosOf(log, [sent("gone", 1, { removed: true }), sent("q", 1, pdf)])).toEqual([]);
  });
});

test.each([
  ["image/png", texts.files.kinds.photo],
  ["application/pdf", texts.files.kinds.pdf],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", texts.files.kinds.word],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", texts.files.kinds.excel],
  ["application/ofd", texts.files.kinds.ofd],
  ["text/html", texts.files.kinds.other],
])("%s is called %s", (type, words) => expect(kindOf(file("a", { type }))).toBe(words));

test.each([
  [640, "640 B"],
  [184_320, "180 KB"],
  [1024 * 1024 - 1, "1.0 MB"],
  [5_400_000, "5.1 MB"],
])("%i bytes", (bytes, words) => expect(sizeOf(bytes)).toBe(words));
