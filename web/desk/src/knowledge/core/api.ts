import type { Api } from "../../core/api";
import type {
  Collection,
  Content,
  Correction,
  Difference,
  Effect,
  Entry,
  EntryRow,
  Fault,
  Group,
  LawDocument,
  Page,
  Passage,
  Question,
  Reached,
  Summary,
  Tried,
  VersionRow,
} from "./contract";

/** Ranking all questions that a change may move takes seconds. */
const EFFECT_TIMEOUT_MS = 120_000;

export type NewCorrection = Pick<Correction, "entry_id" | "right_entry_id" | "from" | "to" | "text">;

/** The editors' calls. */
export class KnowledgeApi {
  constructor(private readonly api: Api) {}

  list(query: URLSearchParams): Promise<Page<EntryRow>> {
    return this.api.call(`/kb/entries?${query}`);
  }

  summary(): Promise<Summary> {
    return this.api.call("/kb/summary");
  }

  async documents(q: string, limit = 20): Promise<LawDocument[]> {
    const query = new URLSearchParams({ q, limit: String(limit) });
    return (await this.api.call<{ items: LawDocument[] }>(`/kb/documents?${query}`)).items;
  }

  entry(id: string): Promise<Entry> {
    return this.api.call(path(id));
  }

  create(id: string, content: Content, note: string): Promise<Entry> {
    return this.post("/kb/entries", { id, content, note });
  }

  /** A `Problem` entry_changed carries the `Conflict` as its body. */
  save(id: string, content: Content, base_version: number, note: string): Promise<Entry> {
    return this.api.call(path(id), { method: "PUT", body: { content, base_version, note } });
  }

  async check(id: string | null, content: Content): Promise<Fault[]> {
    return (await this.post<{ faults: Fault[] }>("/kb/check", { id, content })).faults;
  }

  discard(id: string, base_version: number): Promise<void> {
    return this.post(path(id, "discard"), { base_version });
  }

  versions(id: string, cursor: string | null = null): Promise<Page<VersionRow>> {
    return this.api.call(path(id, `versions${cursor ? `?cursor=${cursor}` : ""}`));
  }

  version(id: string, version: number): Promise<VersionRow & { content: Content }> {
    return this.api.call(path(id, `versions/${version}`));
  }

  difference(id: string, from: number, to: number): Promise<Difference> {
    return this.api.call(path(id, `diff?from=${from}&to=${to}`));
  }

  revert(id: string, version: number, base_version: number, note: string): Promise<Entry> {
    return this.post(path(id, "revert"), { version, base_version, note });
  }

  submit(id: string, version: number, note: string): Promise<Entry> {
    return this.post(path(id, "submit"), { version, note });
  }

  approve(id: string, version: number, publish_at: string | null, note: string): Promise<Entry> {
    return this.post(path(id, "approve"), { version, publish_at, note });
  }

  giveBack(id: string, version: number, reason: string): Promise<Entry> {
    return this.post(path(id, "return"), { version, reason });
  }

  withdraw(id: string, reason: string): Promise<Entry> {
    return this.post(path(id, "withdraw"), { reason });
  }

  verify(id: string, verify_by: string | null, note: string): Promise<Entry> {
    return this.post(path(id, "verify"), { verify_by, note });
  }

  tryOut(question: Question): Promise<Tried> {
    return this.post("/kb/try", question);
  }

  effect(id: string): Promise<Effect> {
    const call = { method: "POST", body: {}, timeoutMs: EFFECT_TIMEOUT_MS } as const;
    return this.api.call(path(id, "preview-effect"), call);
  }

  groups(state: "open" | "handled", cursor: string | null = null): Promise<Page<Group>> {
    return this.api.call(`/kb/questions?state=${state}&limit=20${cursor ? `&cursor=${cursor}` : ""}`);
  }

  entryOfGroup(group: string, id: string, topic: string): Promise<Entry> {
    return this.post(`/kb/questions/${encodeURIComponent(group)}/draft`, { id, topic });
  }

  aliasesOfGroup(group: string, entry_id: string, aliases: string[], base_version: number): Promise<Entry> {
    return this.post(`/kb/questions/${encodeURIComponent(group)}/alias`, { entry_id, aliases, base_version });
  }

  dismissGroup(group: string, note: string): Promise<void> {
    return this.post(`/kb/questions/${encodeURIComponent(group)}/dismiss`, { note });
  }

  async collections(): Promise<Collection[]> {
    return (await this.api.call<{ items: Collection[] }>("/kb/collections")).items;
  }

  passages(collection: string, words: string, cursor: string | null = null): Promise<Page<Passage>> {
    const query = new URLSearchParams({ words, ...(cursor && { cursor }) });
    return this.api.call(`/kb/collections/${encodeURIComponent(collection)}/passages?${query}`);
  }

  answered(id: string, from: string, to: string): Promise<Reached> {
    return this.api.call(path(id, `answered?${new URLSearchParams({ from, to, limit: "20" })}`));
  }

  async corrections(entryId: string): Promise<Correction[]> {
    const query = new URLSearchParams({ entry_id: entryId });
    return (await this.api.call<{ items: Correction[] }>(`/kb/corrections?${query}`)).items;
  }

  correct(correction: NewCorrection): Promise<Correction> {
    return this.post("/kb/corrections", correction);
  }

  private post<T>(to: string, body: unknown): Promise<T> {
    return this.api.call(to, { method: "POST", body });
  }
}

function path(id: string, action?: string): string {
  return `/kb/entries/${encodeURIComponent(id)}${action ? `/${action}` : ""}`;
}
