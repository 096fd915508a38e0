import type { KnowledgeApi } from "./api";
import type { LawDocument } from "./contract";

/** Documents by id, asked for once. */
export class Documents {
  private readonly asked = new Map<string, Promise<LawDocument | null>>();

  constructor(private readonly api: Pick<KnowledgeApi, "documents">) {}

  /** The document of an id; null when none is registered. What failed is asked again. */
  find(id: string): Promise<LawDocument | null> {
    let found = this.asked.get(id);
    if (!found) {
      found = this.api
        .documents(id, 200)
        .then((all) => all.find((each) => each.id === id) ?? null)
        .catch((error: unknown) => {
          this.asked.delete(id);
          throw error;
        });
      this.asked.set(id, found);
    }
    return found;
  }

  async search(words: string): Promise<LawDocument[]> {
    const found = await this.api.documents(words);
    for (const each of found) this.asked.set(each.id, Promise.resolve(each));
    return found;
  }
}
