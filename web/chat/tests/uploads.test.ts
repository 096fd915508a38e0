import { beforeEach, describe, expect, it, vi } from "vitest";
import { Refused, Unreachable } from "../src/core/api";
import type { FileRef } from "../src/core/contract";
import { asJpeg, fitted } from "../src/core/shrink";
import { type Carrier, MOST, sizeOf, Uploads } from "../src/core/uploads";

const photo = (name: string, size = 4): File =>
  new File([new Uint8Array(size)], name, { type: "image/jpeg" });
const taken = (name: string): FileRef => ({ file_id: `fi_${name}`, name, type: "image/jpeg", size: 4 });

let sent: {
  name: string;
  stopped: AbortSignal;
  done: (file: FileRef) => void;
  fail: (error: Error) => void;
}[];
let dropped: string[];
let uploads: Uploads;

const settled = () => new Promise((resolve) => setTimeout(resolve));
const states = () => uploads.items.map(({ state }) => state);

beforeEach(() => {
  sent = [];
  dropped = [];
  const carrier: Carrier = {
    shrink: (file) => Promise.resolve(file),
    send: (file, _progress, stopped) =>
      new Promise((done, fail) => {
        sent.push({ name: file.name, stopped, done, fail });
        stopped.addEventListener("abort", () => fail(new Unreachable("stopped")));
      }),
    preview: (file) => `blob:${file.name}`,
    drop: (preview) => dropped.push(preview),
    changed: () => undefined,
  };
  uploads = new Uploads(carrier);
});

describe("Uploads", () => {
  it("refuses what is too large without sending it", async () => {
    uploads.add([photo("big.jpg", 10 * 1024 * 1024 + 1)]);
    await settled();
    expect(uploads.items[0]).toMatchObject({ state: "refused", code: "file_too_large" });
    expect(sent).toEqual([]);
  });

  it("keeps a refusal with its reason, and goes on with the next", async () => {
    uploads.add([photo("a.jpg"), photo("b.jpg")]);
    await settled();
    sent[0]?.fail(new Refused({ status: 415, code: "file_type_refused", detail: "" }));
    await settled();
    expect(uploads.items[0]).toMatchObject({ state: "refused", code: "file_type_refused" });
    expect(sent.map(({ name }) => name)).toEqual(["a.jpg", "b.jpg"]);
  });

  it("waits without a network and goes on when it is back", async () => {
    uploads.add([photo("a.jpg")]);
    await settled();
    sent[0]?.fail(new Unreachable("offline"));
    await settled();
    expect(states()).toEqual(["waiting"]);
    uploads.resume();
    await settled();
    expect(sent).toHaveLength(2);
    sent[1]?.done(taken("a.jpg"));
    await settled();
    expect(states()).toEqual(["ready"]);
  });

  it("waits for a new session when the old one ran out", async () => {
    uploads.add([photo("a.jpg")]);
    await settled();
    sent[0]?.fail(new Refused({ status: 401, code: "not_signed_in", detail: "" }));
    await settled();
    expect(states()).toEqual(["waiting"]);
  });

  it("takes nine and says how many were too many", () => {
    const many = Array.from({ length: MOST + 2 }, (_each, index) => photo(`${index}.jpg`));
    expect(uploads.add(many)).toBe(2);
    expect(uploads.items).toHaveLength(MOST);
  });

  it("stops what is removed on its way, gives its picture back and sends the next", async () => {
    uploads.add([photo("a.jpg"), photo("b.jpg")]);
    await settled();
    uploads.remove(uploads.items[0]?.key ?? "");
    await settled();
    expect(sent[0]?.stopped.aborted).toBe(true);
    expect(dropped).toEqual(["blob:a.jpg"]);
    expect(sent[1]?.name).toBe("b.jpg");
    expect(uploads.items).toHaveLength(1);
  });

  it("gives what is ready to a message and forgets it", async () => {
    uploads.add([photo("a.jpg")]);
    await settled();
    sent[0]?.done(taken("a.jpg"));
    await settled();
    expect(uploads.take().map(({ file_id }) => file_id)).toEqual(["fi_a.jpg"]);
    expect(uploads.items).toEqual([]);
    expect(dropped).toEqual(["blob:a.jpg"]);
  });

  it("sends what a browser cannot draw as it is", async () => {
    const failing = new Uploads({
      shrink: () => Promise.reject(new Error("no canvas")),
      send: vi.fn(() => Promise.resolve(taken("a.heic"))),
      preview: () => undefined,
      drop: () => undefined,
      changed: () => undefined,
    });
    failing.add([photo("a.heic")]);
    await settled();
    expect(failing.items[0]?.state).toBe("ready");
  });
});

it("fits a picture into 2560 pixels a side", () => {
  expect(fitted(4000, 3000)).toEqual({ width: 2560, height: 1920 });
  expect(fitted(1000, 5120)).toEqual({ width: 500, height: 2560 });
  expect(fitted(800, 600)).toEqual({ width: 800, height: 600 });
});

it("names a drawn picture by what it is", () => {
  expect(asJpeg("营业执照.PNG")).toBe("营业执照.jpg");
  expect(asJpeg(".png")).toBe("photo.jpg");
});

it("says sizes as people read them", () => {
  expect([sizeOf(10), sizeOf(1536), sizeOf(3_400_000)]).toEqual(["1 KB", "2 KB", "3.2 MB"]);
});
