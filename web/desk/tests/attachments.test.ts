import { describe, expect, it, vi } from "vitest";
import { Problem } from "../src/core/api";
import { Attachments, MOST_FILES } from "../src/core/attachments";
import type { FileRef } from "../src/core/contract";
import { Store } from "../src/core/state";

const file = new File(["%PDF-"], "填表示例.pdf");
const taken = (file_id: string): FileRef => ({
  file_id,
  name: "填表示例.pdf",
  type: "application/pdf",
  size: 5,
});

describe("files for the next message", () => {
  it("are handed over once they are taken in, and given back with a message taken back", async () => {
    const attachments = new Attachments(new Store(), { upload: async () => taken("fi_1") });
    const adding = attachments.add("cs_1", file);
    expect(attachments.of("cs_1").map(({ state }) => state)).toEqual(["uploading"]);
    expect(attachments.take("cs_1")).toEqual([]);
    await adding;
    expect(attachments.of("cs_2")).toEqual([]);
    expect(attachments.take("cs_1")).toEqual([taken("fi_1")]);
    expect(attachments.of("cs_1")).toEqual([]);
    attachments.giveBack("cs_1", [taken("fi_1")]);
    expect(attachments.take("cs_1")).toEqual([taken("fi_1")]);
  });

  it("stay to be seen with the reason when they are refused, until somebody removes them", async () => {
    const refused = new Problem(415, "file_type_refused", "");
    const attachments = new Attachments(new Store(), { upload: () => Promise.reject(refused) });
    await attachments.add("cs_1", file);
    expect(attachments.take("cs_1")).toEqual([]);
    const [failed] = attachments.of("cs_1");
    expect(failed).toMatchObject({ state: "failed", code: "file_type_refused" });
    attachments.remove("cs_1", failed?.key ?? "");
    expect(attachments.of("cs_1")).toEqual([]);
  });

  it("are at most as many as a message carries", async () => {
    const upload = vi.fn(async () => taken("fi_1"));
    const attachments = new Attachments(new Store(), { upload });
    for (let count = 0; count <= MOST_FILES; count += 1) await attachments.add("cs_1", file);
    expect(upload).toHaveBeenCalledTimes(MOST_FILES);
  });
});
