import { type Api, asProblem } from "./api";
import { clock } from "./clock";
import type { FileRef } from "./contract";
import type { Outgoing } from "./log";
import { remaining } from "./log";
import type { Store } from "./state";

/** An id of our own for a message; `crypto.randomUUID` is missing on plain http. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `d-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Sends what officers write: one at a time in each consultation, in order, again after a failure. */
export class Outbox {
  private readonly running = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly api: Pick<Api, "reply">,
    private readonly sent: (consultationId: string) => void,
  ) {}

  add(id: string, text: string, files: readonly FileRef[] = []): void {
    const at = new Date(clock.now()).toISOString();
    const message: Outgoing = { client_message_id: newId(), text, files, at, state: "sending" };
    this.store.setChat(id, (chat) => ({ ...chat, outgoing: [...chat.outgoing, message] }));
    void this.run(id);
  }

  /** Tries again all that found no way, because the connection is back. */
  resume(): void {
    for (const [id, chat] of Object.entries(this.store.get().chats)) {
      if (chat.outgoing.some((each) => each.state === "failed")) {
        this.mark(id, (each) => (each.state === "failed" ? { ...each, state: "sending" } : each));
        void this.run(id);
      }
    }
  }

  retry(id: string, clientMessageId: string): void {
    this.mark(id, (each) =>
      each.client_message_id === clientMessageId || each.state === "failed"
        ? { ...each, state: "sending" }
        : each,
    );
    void this.run(id);
  }

  /** Takes an unsent message out and returns it. */
  takeBack(id: string, clientMessageId: string): Outgoing | undefined {
    const found = this.store
      .get()
      .chats[id]?.outgoing.find(
        (each) => each.client_message_id === clientMessageId && each.seq === undefined,
      );
    this.store.setChat(id, (chat) => ({
      ...chat,
      outgoing: chat.outgoing.filter((each) => each !== found),
    }));
    return found;
  }

  private async run(id: string): Promise<void> {
    if (this.running.has(id)) return;
    this.running.add(id);
    try {
      for (let next = this.next(id); next; next = this.next(id)) {
        if (!(await this.deliver(id, next))) break;
      }
    } finally {
      this.running.delete(id);
    }
  }

  /** The first that is to be sent; nothing overtakes one that failed. */
  private next(id: string): Outgoing | undefined {
    const open = this.store.get().chats[id]?.outgoing.filter((each) => each.seq === undefined) ?? [];
    const first = open.find((each) => each.state !== "refused");
    return first?.state === "sending" ? first : undefined;
  }

  private async deliver(id: string, message: Outgoing): Promise<boolean> {
    const own = message.client_message_id;
    try {
      const { seq } = await this.api.reply(id, own, message.text, message.files);
      this.mark(id, (each) => (each.client_message_id === own ? { ...each, seq } : each));
      this.store.setChat(id, (chat) => ({ ...chat, outgoing: remaining(chat.outgoing, chat.messages) }));
      if (this.store.get().link !== "live") this.sent(id);
      return true;
    } catch (error) {
      const problem = asProblem(error);
      // A session that ended is no refusal: after signing in again the message goes out.
      const passing = problem.passing || problem.status === 401;
      this.mark(id, (each) => {
        const waits = passing && each.state === "sending" && each.seq === undefined;
        if (each.client_message_id === own) return { ...each, state: passing ? "failed" : "refused" };
        return waits ? { ...each, state: "failed" } : each;
      });
      if (!passing) this.sent(id);
      return !passing;
    }
  }

  private mark(id: string, change: (message: Outgoing) => Outgoing): void {
    this.store.setChat(id, (chat) => ({ ...chat, outgoing: chat.outgoing.map(change) }));
  }
}
