import { locale, texts } from "../texts";
import { Api, asProblem, Problem } from "./api";
import { Attachments } from "./attachments";
import { clock } from "./clock";
import { coalesce } from "./coalesce";
import type {
  Detail,
  Frame,
  ListState,
  Presence,
  PresenceState,
  Result,
  Row,
  Session,
  Tier,
} from "./contract";
import { firstLocale } from "./locale";
import { changesContext, merge, remaining, unansweredSince } from "./log";
import { Outbox } from "./outbox";
import { Place } from "./place";
import { endedBy, hasConsultations, hasKnowledge, nextOne } from "./queue";
import { type Chat, EMPTY, type Leaving, Store } from "./state";
import { keptDrafts, keptSession } from "./storage";
import { type Socket, Stream } from "./stream";
import { UndoList } from "./undo";
import { wordsOf } from "./words";

/** Rows fetched of a list; the most the server gives at once. */
export const MOST_ROWS = 200;
const POLL_MS = 5_000;
const CALM_MS = 250;
const TYPING_SHOWN_MS = 6_000;
const TYPING_TOLD_MS = 3_000;
const TOAST_MS = 4_000;

/** All that happens at one desk; the screens read `store` and call the rest. */
export class Desk {
  readonly store = new Store();
  readonly place = new Place();
  readonly api = new Api(
    () => (this.store.get().expired ? null : (this.store.get().session?.token ?? null)),
    () => this.expire(),
  );
  private readonly stream = new Stream({
    open: openSocket,
    token: () => this.store.get().session?.token ?? null,
    onFrame: (frame) => this.receive(frame),
    onReady: () => {
      this.store.set({ link: "live" });
      this.refreshAll();
    },
    onDown: () => void this.poll(),
    onSignedOut: () => this.expire(),
  });
  readonly attachments = new Attachments(this.store, this.api);
  private readonly outbox = new Outbox(this.store, this.api, (id) => this.refreshChat(id));
  private readonly undoList = new UndoList<Leaving>(
    (what, leaving) => this.leave(what, leaving),
    () => this.store.set({ leaving: this.undoList.items }),
  );
  private readonly chatFetches = new Map<string, () => void>();
  private readonly closedByMe = new Set<string>();
  private polling: ReturnType<typeof setInterval> | undefined;
  private toldTyping = 0;
  private toasts = 0;

  /** Takes up the session of this tab, if there is one. */
  start(): void {
    const session = keptSession.read();
    if (session) this.begin(session, false);
    addEventListener("online", () => this.stream.hurry());
    addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.stream.hurry());
    addEventListener("pagehide", () => void this.undoList.flush());
  }

  /** Throws the `Problem` of a refused sign-in. */
  async signIn(username: string, password: string): Promise<void> {
    const session = await this.api.signIn(username, password);
    if (!hasConsultations(session.staff) && !hasKnowledge(session.staff))
      throw new Problem(403, "no_desk", "no role at the desk");
    keptSession.write(session);
    this.begin(session, true);
    if (firstLocale(session.staff.id) !== locale) {
      if (hasConsultations(session.staff)) await this.setPresence("available");
      window.location.reload();
    }
  }

  private begin(session: Session, fresh: boolean): void {
    const same = this.store.get().session?.staff.id === session.staff.id;
    if (!same) {
      const drafts = keptDrafts.read(session.staff.id);
      keptDrafts.write(session.staff.id, drafts); // what another person left is gone
      this.store.set({ ...EMPTY, drafts });
    }
    this.store.set({ session, expired: false, signedOut: false, link: "connecting" });
    if (!hasConsultations(session.staff)) {
      // Nothing comes in at the knowledge base by itself: its screens ask and tell when nobody answers.
      this.store.set({ link: "live" });
      return;
    }
    // Who signs in has come to work; a reload keeps what was said before.
    if (fresh && !same) void this.setPresence("available");
    else void this.readPresence();
    this.refreshAll();
    this.stream.start();
    clearInterval(this.polling);
    this.polling = setInterval(() => void this.poll(), POLL_MS);
  }

  async signOut(): Promise<void> {
    await this.undoList.flush();
    await this.api.signOut().catch(() => undefined);
    keptDrafts.write(null, {});
    this.end();
    this.store.set({ ...EMPTY, signedOut: true });
  }

  private expire(): void {
    this.end();
    this.store.set({ expired: true });
  }

  private end(): void {
    this.stream.stop();
    clearInterval(this.polling);
    keptSession.write(null);
  }

  /** Fetches by hand what the socket would have told; also tells whether the server answers at all. */
  private async poll(): Promise<void> {
    const { link, session, expired } = this.store.get();
    if (!session || expired || (link === "live" && this.stream.isReady)) return;
    try {
      await this.fetchLists();
      this.setDown("polling");
      for (const id of this.watched()) this.refreshChat(id);
      this.outbox.resume();
    } catch (error) {
      if (asProblem(error).passing) this.setDown("lost");
    }
  }

  private setDown(link: "polling" | "lost"): void {
    if (!this.stream.isReady && !this.store.get().expired) this.store.set({ link });
  }

  hurry(): void {
    this.stream.hurry();
    void this.poll();
  }

  private refreshAll(): void {
    this.refreshLists();
    for (const id of this.watched()) this.refreshChat(id);
    this.outbox.resume();
  }

  /** Consultations of which the log must be fresh: the open one and those in hand. */
  private watched(): string[] {
    const { selected, rows } = this.store.get();
    const ids = new Set((rows.mine ?? []).map((row) => row.consultation_id));
    if (selected) ids.add(selected);
    return [...ids];
  }

  private readonly refreshLists = coalesce(async () => {
    await this.fetchLists().catch(asProblem);
  }, CALM_MS);

  private async fetchLists(): Promise<void> {
    const { session, expired, list } = this.store.get();
    if (!session || expired) return;
    const wanted = new Set<ListState>(["waiting", "mine", list]);
    const [queues, ...pages] = await Promise.all([
      this.api.queues(),
      ...[...wanted].map(async (state) => ({ state, ...(await this.api.list(state, MOST_ROWS)) })),
    ]);
    const now = this.store.get();
    if (now.session !== session) return;
    const rows = { ...now.rows };
    const capped = { ...now.capped };
    for (const page of pages) {
      rows[page.state] = page.items;
      capped[page.state] = page.next_cursor !== null && page.next_cursor !== undefined;
    }
    this.store.set({ queues, rows, capped });
    for (const row of rows.mine ?? []) {
      if (!now.chats[row.consultation_id]) this.refreshChat(row.consultation_id);
    }
  }

  refreshChat(id: string): void {
    let fetch = this.chatFetches.get(id);
    if (!fetch) {
      fetch = coalesce(() => this.fetchChat(id), CALM_MS / 5);
      this.chatFetches.set(id, fetch);
    }
    fetch();
  }

  private async fetchChat(id: string): Promise<void> {
    const session = this.store.get().session;
    if (!session || this.store.get().expired) return;
    try {
      const detail = await this.api.consultation(id);
      if (this.store.get().session === session) this.keep(detail);
    } catch (error) {
      if (!asProblem(error).passing || !this.store.get().chats[id]) {
        this.store.set({ unreadable: { ...this.store.get().unreadable, [id]: true } });
      }
    }
  }

  private keep(detail: Detail): void {
    const id = detail.consultation_id;
    const { chats, unreadable } = this.store.get();
    const before = chats[id];
    const messages = merge(before?.messages ?? [], detail.messages);
    const after: Chat = {
      detail,
      messages,
      outgoing: remaining(before?.outgoing ?? [], messages),
      typingUntil: before?.typingUntil ?? 0,
      readSeq: before?.readSeq ?? 0,
      ended: before?.ended ?? endedBy(before?.detail, detail, this.closedByMe.has(id)),
    };
    // Taken up again, it is no longer ended.
    if (detail.state !== "done") delete after.ended;
    const { [id]: _, ...others } = unreadable;
    this.store.set({ chats: { ...chats, [id]: after }, unreadable: others });
  }

  private receive(frame: Frame): void {
    switch (frame.type) {
      case "queues":
        this.store.set({ queues: frame.items });
        break;
      case "consultation":
        this.refreshLists();
        if (this.store.get().chats[frame.consultation_id]) this.refreshChat(frame.consultation_id);
        break;
      case "message":
        this.take(frame.consultation_id, frame.message);
        break;
      case "typing":
        this.store.setChat(frame.consultation_id, (chat) => ({
          ...chat,
          typingUntil: clock.now() + TYPING_SHOWN_MS,
        }));
        break;
      case "read":
        this.store.setChat(frame.consultation_id, (chat) => ({
          ...chat,
          readSeq: Math.max(chat.readSeq, frame.seq),
        }));
        break;
    }
  }

  private take(id: string, message: Detail["messages"][number]): void {
    const { chats, selected, unread } = this.store.get();
    const chat = chats[id];
    if (!chat) {
      this.refreshChat(id);
      return;
    }
    const known = chat.messages.some((each) => each.seq === message.seq);
    const messages = merge(chat.messages, [message]);
    const typingUntil = message.sender === "taxpayer" ? 0 : chat.typingUntil;
    this.store.setChat(id, (each) => ({
      ...each,
      messages,
      typingUntil,
      outgoing: remaining(each.outgoing, messages),
    }));
    if (!known && changesContext(message)) this.refreshChat(id);
    if (!known && message.sender === "taxpayer" && id !== selected) {
      this.store.set({ unread: { ...unread, [id]: (unread[id] ?? 0) + 1 } });
    }
  }

  show(list: ListState): void {
    this.store.set({ list });
    this.refreshLists();
  }

  select(id: string | null): void {
    const { unread, unreadable } = this.store.get();
    if (id === null) {
      this.store.set({ selected: null });
      return;
    }
    const { [id]: _, ...others } = unread;
    const { [id]: __, ...readable } = unreadable;
    this.store.set({ selected: id, unread: others, unreadable: readable });
    this.refreshChat(id);
  }

  /** Opens who is to be served next. */
  next(): void {
    const { rows, chats, session, selected } = this.store.get();
    if (!session) return;
    const since = (id: string) => unansweredSince(chats[id]?.messages ?? []);
    const id = nextOne(rows.mine ?? [], rows.waiting ?? [], session.staff, selected, since);
    if (id) this.select(id);
    else this.toast(texts.toasts.nothingNext);
  }

  async claim(id: string): Promise<void> {
    if (this.store.get().claiming) return;
    this.store.set({ claiming: id });
    try {
      const row = await this.api.claim(id);
      this.replaceRow(row);
      this.show("mine");
    } catch (error) {
      this.toastProblem(asProblem(error));
    } finally {
      this.store.set({ claiming: null });
      this.refreshLists();
      this.refreshChat(id);
    }
  }

  /** Shows at once what an action answered, before the lists are fetched anew. */
  private replaceRow(row: Row): void {
    const { rows } = this.store.get();
    const without = (list: readonly Row[] | null) =>
      list?.filter((each) => each.consultation_id !== row.consultation_id) ?? null;
    const mine = row.state === "held" && row.holder?.id === this.store.get().session?.staff.id;
    this.store.set({
      rows: {
        ...rows,
        waiting: row.state === "waiting" ? rows.waiting : without(rows.waiting),
        mine: mine ? [row, ...(without(rows.mine) ?? [])] : without(rows.mine),
      },
    });
    this.store.setChat(row.consultation_id, (chat) => ({ ...chat, detail: { ...chat.detail, ...row } }));
  }

  draft(id: string, text: string): void {
    const { drafts, session } = this.store.get();
    const { [id]: _, ...others } = drafts;
    const next = text ? { ...others, [id]: text } : others;
    this.store.set({ drafts: next });
    if (session) keptDrafts.write(session.staff.id, next);
    if (text && clock.now() - this.toldTyping > TYPING_TOLD_MS) {
      this.toldTyping = clock.now();
      this.stream.send({ type: "typing", consultation_id: id });
    }
  }

  send(id: string): void {
    const text = (this.store.get().drafts[id] ?? "").trim();
    const files = this.attachments.take(id);
    if (!text && files.length === 0) return;
    this.draft(id, "");
    this.outbox.add(id, text, files);
  }

  retry(id: string, clientMessageId: string): void {
    this.outbox.retry(id, clientMessageId);
  }

  takeBack(id: string, clientMessageId: string): void {
    const back = this.outbox.takeBack(id, clientMessageId);
    if (back === undefined) return;
    this.attachments.giveBack(id, back.files);
    if (back.text) this.draft(id, [back.text, this.store.get().drafts[id]].filter(Boolean).join("\n"));
  }

  release(id: string): void {
    this.defer(id, { kind: "release", ...this.about(id) });
  }

  transfer(id: string, tier: Tier, reason: string, summary: string): void {
    this.defer(id, { kind: "transfer", ...this.about(id), tier, reason, summary });
  }

  private about(id: string): { consultation_id: string; who: string } {
    return { consultation_id: id, who: this.store.get().chats[id]?.detail.taxpayer.name ?? "" };
  }

  private defer(id: string, what: Leaving): void {
    if (!this.store.get().leaving.some((each) => each.what.consultation_id === id)) this.undoList.add(what);
  }

  undo(deferred?: number): void {
    if (this.undoList.undo(deferred)) this.toast(texts.toasts.undone);
  }

  private async leave(what: Leaving, leaving: boolean): Promise<void> {
    const id = what.consultation_id;
    try {
      const row =
        what.kind === "release"
          ? await this.api.release(id, leaving)
          : await this.api.transfer(id, what.tier, what.reason, what.summary, leaving);
      this.replaceRow(row);
    } catch (error) {
      this.toastProblem(asProblem(error), what.who);
    } finally {
      this.refreshLists();
      this.refreshChat(id);
    }
  }

  /** Throws the `Problem` of a refusal, so that the form stays open. */
  async close(id: string, body: { result: Result; matter?: string; summary?: string }): Promise<void> {
    this.closedByMe.add(id);
    try {
      this.replaceRow(await this.api.close(id, body));
      this.toast(texts.toasts.closed);
    } catch (error) {
      this.closedByMe.delete(id);
      throw error;
    } finally {
      this.refreshLists();
      this.refreshChat(id);
    }
  }

  /** Throws the `Problem` of a refusal, so that the list of flows stays open. */
  async sendFlow(id: string, flowId: string, title: string): Promise<void> {
    try {
      await this.api.sendFlow(id, flowId);
      this.toast(texts.toasts.flowSent(title));
    } finally {
      this.refreshChat(id);
    }
  }

  setPresence(state: PresenceState): Promise<void> {
    return this.changePresence({ state });
  }

  setCapacity(capacity: number | null): Promise<void> {
    return this.changePresence({ state: this.store.get().presence, capacity });
  }

  private async changePresence(wanted: Presence): Promise<void> {
    const { presence, capacity } = this.store.get();
    this.showPresence({ capacity, ...wanted });
    try {
      this.showPresence(await this.api.presence(wanted));
    } catch (error) {
      this.store.set({ presence, capacity });
      const problem = asProblem(error);
      // Who only reads the desk has no presence; nothing to say about it at sign-in.
      if (problem.code !== "not_allowed") this.toastProblem(problem);
    }
  }

  private async readPresence(): Promise<void> {
    try {
      const { presence } = await this.api.me();
      if (presence) this.showPresence(presence);
    } catch (error) {
      asProblem(error);
    }
  }

  private showPresence({ state, capacity }: Presence): void {
    this.store.set({ presence: state, capacity: capacity ?? null });
  }

  toast(text: string, problem = false): void {
    const id = ++this.toasts;
    this.store.set({ toasts: [...this.store.get().toasts.slice(-2), { id, text, problem }] });
    if (!problem) setTimeout(() => this.dismiss(id), TOAST_MS);
  }

  toastProblem(problem: Problem, who?: string): void {
    if (problem.status === 401) return;
    const why = wordsOf(problem);
    this.toast(who ? texts.toasts.actionFailed(who, why) : why, true);
  }

  dismiss(id: number): void {
    this.store.set({ toasts: this.store.get().toasts.filter((each) => each.id !== id) });
  }
}

function openSocket(): Socket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new WebSocket(`${scheme}://${location.host}/api/v1/desk/stream`);
}
