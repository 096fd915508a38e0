import type { Locale } from "../texts";
import { type Api, Refused, Unreachable } from "./api";
import { DeviceClock } from "./clock";
import { backOff, Connection, type Link } from "./connection";
import type {
  FileRef,
  Frame,
  History,
  Input,
  Message,
  Outgoing,
  Page,
  Sender,
  Session,
  Standing,
} from "./contract";
import { forgetDrafts } from "./drafts";
import { isNextStep } from "./flow";
import { noted } from "./given";
import { newMessageId } from "./identity";
import { keepLocale, ToldLocale } from "./locale";
import { answerTo, lastSeq, merge, ratingOf, unreadIn } from "./log";
import { inputOf, Outbox } from "./outbox";
import { dropSession, keepSession, keptSession } from "./session";
import { firstState, NOTHING_SAID, type State } from "./state";
import { deviceStore, tabStore } from "./storage";
import { TokenRefused, type Tokens, withToken } from "./tokens";
import type { FilesAt } from "./transfer";

export type { State } from "./state";

const PERSON = "person";
const LOG_KEPT = 500;
const JUST_NOW = 60_000;
const TYPING_SHOWN = 6000;

/** One conversation as this page holds it; the only place that knows both the network and the screen. */
export class Chat {
  state: State;
  private readonly watchers = new Set<() => void>();
  private readonly outbox: Outbox;
  private connection: Connection | undefined;
  private session: Session | undefined;
  private openings = 0;
  /** Counts what was begun anew; an opening that ends after the next one began has lost. */
  private turn = 0;
  private running = false;
  private toIdentify = false;
  private readonly clock = new DeviceClock();
  private timers: Partial<Record<"typing" | "keep" | "read" | "open", ReturnType<typeof setTimeout>>> = {};
  private atEnd = true;
  private shown = true;
  private attentive = true;
  private entered = 0;
  /** Something of this conversation was read here before; without that, all of it is new and no mark helps. */
  private hadRead = false;
  /** The last seq heard of; the log may end before it, because not every event is a message. */
  private heard = 0;

  private readonly told = new ToldLocale(tabStore);

  /** `fresh` says that someone else may be here than before: nothing that is kept is shown. */
  constructor(
    private readonly api: Api,
    private readonly tokens: Tokens,
    locale: Locale,
    fresh = false,
  ) {
    this.outbox = new Outbox(
      {
        send: (id, body) => this.api.sendMessage(this.session as Session, id, body),
        signedOut: () => this.renew(),
        changed: (unsent) => this.set({ unsent }),
      },
      tabStore,
    );
    this.state = firstState(tabStore, locale, this.outbox.items);
    if (fresh) this.forget();
  }

  subscribe(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Goes on with the session kept in this tab, or opens one. */
  start(): void {
    if (this.running) return;
    this.running = true;
    const kept = keptSession(tabStore);
    if (kept) this.enter(kept);
    else void this.open();
    for (const [target, event, does] of this.listeners) target.addEventListener(event, does);
  }

  /** Ends all traffic; what is kept in this tab stays. */
  stop(): void {
    this.keepLog();
    this.leave();
    this.running = false;
    for (const [target, event, does] of this.listeners) target.removeEventListener(event, does);
  }

  private readonly listeners: readonly (readonly [EventTarget, string, () => void])[] = [
    [window, "online", () => this.wake()],
    [window, "offline", () => this.connection?.sleep()],
    [window, "pagehide", () => this.keepLog()],
    [
      document,
      "visibilitychange",
      () => (document.visibilityState === "visible" ? this.wake() : this.keepLog()),
    ],
  ];

  /** The host names who is here; `tokens` gives a token of theirs from now on. */
  signedIn(person: string): void {
    const before = tabStore.get<string>(PERSON);
    tabStore.set(PERSON, person);
    if (before === undefined) void this.identify();
    else if (before !== person) this.startAnew();
    else if (this.state.tokenRefused) void this.open();
  }

  /** Nobody is signed in any more: the next word here is an anonymous one. */
  signedOut(): void {
    if (tabStore.get(PERSON) === undefined) return;
    tabStore.remove(PERSON);
    this.startAnew();
  }

  /** The address of the full page. */
  get page(): string {
    return `${this.api.base}chat/`;
  }

  /** Now in ms, corrected by the server's clock where this device's is plainly wrong. */
  now(): number {
    return this.clock.now();
  }

  /** Speaks another language from now on; what was said stays as it was. */
  setLocale(locale: Locale): void {
    this.speak(locale);
    this.tellLocale();
    if (this.session) this.learnFlows(this.session);
  }

  /** `files` were taken in before; their `names` stand for them until they are in the log. */
  sendText(text: string, files: readonly FileRef[] = [], names = ""): void {
    const file_ids = files.map(({ file_id }) => file_id);
    const body = file_ids.length ? { ...(text ? { text } : {}), file_ids } : { text };
    this.send(body, [names, text].filter(Boolean).join("\n"));
  }

  /** Where files go and come from; undefined until there is a session. */
  get filesAt(): FilesAt | undefined {
    return this.session && this.api.filesAt(this.session);
  }

  sendInput(input: Input, label: string | null): void {
    this.send({ input }, label);
  }

  /** A page of what was ever said; rejected with Refused or Unreachable. */
  history(words: string, before?: number): Promise<History> {
    const { session } = this;
    if (!session) return Promise.reject(new Unreachable("no session"));
    return this.api.readHistory(session, words, before);
  }

  retry(id: string): void {
    this.outbox.retry(id);
    this.wake();
  }

  discard(id: string): void {
    const item = this.state.unsent.find((unsent) => unsent.id === id);
    const input = item && inputOf(item);
    if (input) this.note(input, false);
    this.outbox.discard(id);
  }

  continueAnonymous(): void {
    this.tokens.drop();
    tabStore.remove(PERSON);
    this.startAnew();
  }

  /** What was answered to a message: a choice's or an action's id. */
  answerTo(seq: number): string | undefined {
    return this.state.given.answers[seq] ?? answerTo(this.state.log, seq);
  }

  /** The score given to a consultation, 1 to 5. */
  ratingOf(consultationId: string): number | undefined {
    return this.state.given.ratings[consultationId] ?? ratingOf(this.state.log, consultationId);
  }

  /** The page tells whether the newest message is before the taxpayer's eyes; if so it counts as read. */
  attend(atEnd: boolean): void {
    this.atEnd = atEnd;
    this.weigh();
  }

  /** The embedding page tells whether the chat is to be seen at all. */
  show(shown: boolean): void {
    this.shown = shown;
    this.weigh();
  }

  /** How many messages of others wait to be seen; of an old conversation that is new here, only today's. */
  get unread(): number {
    const since = this.hadRead ? 0 : this.entered - JUST_NOW;
    return unreadIn(this.state.log, this.state.readSeq, since);
  }

  private weigh(): void {
    const attentive = this.atEnd && this.shown;
    this.attentive = attentive;
    this.hadRead = this.hadRead || this.state.readSeq > 0;
    if (attentive) this.readUpTo(lastSeq(this.state.log));
    else if (this.state.readSeq >= lastSeq(this.state.log)) this.set({ unreadFrom: 0 });
  }

  private send(body: Outgoing, label: string | null): void {
    if ("input" in body) this.note(body.input, true);
    this.set({ unreadFrom: 0 });
    this.outbox.add(newMessageId(), body, label, new Date(this.now()).toISOString());
  }

  /** Remembers an answer, or forgets it when it is taken back unsent. */
  private note(input: Input, given: boolean): void {
    const now = noted(this.state.given, input, given);
    tabStore.set("given", now);
    this.set({ given: now });
  }

  private wake(): void {
    if (this.connection) {
      this.connection.wake();
      this.outbox.resume();
    } else if (this.timers.open !== undefined) void this.open();
  }

  private async open(): Promise<void> {
    clearTimeout(this.timers.open);
    this.timers.open = undefined;
    this.turn += 1;
    const { turn } = this;
    try {
      const { locale } = this.state;
      const session = await withToken(this.tokens, (token) => this.api.openSession(locale, token));
      if (turn !== this.turn) return;
      this.toIdentify = false;
      this.told.note(locale);
      keepSession(tabStore, session);
      this.enter(session);
    } catch (error) {
      if (turn === this.turn) this.notOpened(error);
    }
  }

  private notOpened(error: unknown): void {
    if (error instanceof TokenRefused) {
      this.set({ tokenRefused: true, link: "up" });
      return;
    }
    const problem = error instanceof Refused ? error.problem : undefined;
    this.set({ link: "down" });
    this.openIn(problem?.retryAfter ? problem.retryAfter * 1000 : backOff(this.openings, Math.random()));
    if (error instanceof Unreachable && !this.state.closed) {
      void this.api.isClosedToThisPage().then((closed) => this.set({ closed }));
    }
  }

  /** Lets an anonymous conversation become the person's whom the host names. */
  private async identify(): Promise<void> {
    const { session } = this;
    this.toIdentify = false;
    if (!session) {
      // One that is kept in this tab may be taken up; a new one is opened with the token.
      this.toIdentify = !this.running;
      if (this.running) void this.open();
      return;
    }
    try {
      const { conversation_id } = await withToken(this.tokens, async (token) => {
        if (!token) throw new TokenRefused();
        return this.api.identify(session, token);
      });
      if (session !== this.session || conversation_id === session.conversation_id) return;
      this.leave();
      const joined = { ...session, conversation_id };
      keepSession(tabStore, joined);
      this.enter(joined);
    } catch (error) {
      if (session === this.session) this.notIdentified(error);
    }
  }

  private notIdentified(error: unknown): void {
    if (error instanceof TokenRefused) this.set({ tokenRefused: true });
    else if (!(error instanceof Refused)) this.toIdentify = true;
    else if (error.problem.status === 403) this.startAnew();
    // A person already serves this conversation, say: it goes on as it is, and the next page tries again.
    else tabStore.remove(PERSON);
  }

  private leave(): void {
    this.turn += 1;
    this.connection?.stop();
    this.connection = undefined;
    this.session = undefined;
    this.outbox.hold();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.timers.open = undefined;
  }

  private startAnew(): void {
    this.leave();
    this.forget();
    this.set({ tokenRefused: false, link: "connecting" });
    if (this.running) void this.open();
  }

  private openIn(milliseconds: number): void {
    this.openings += 1;
    this.timers.open = setTimeout(() => void this.open(), milliseconds);
  }

  /** Takes up a session: the same conversation goes on after the last seq held, another one starts clean. */
  private enter(session: Session): void {
    const known = tabStore.get<string>("conversation");
    if (known !== session.conversation_id) {
      if (known) {
        this.outbox.keepOnlyTexts();
        this.forgetLog();
      }
      tabStore.set("conversation", session.conversation_id);
    }
    const read = deviceStore.get<{ conversation_id: string; seq: number }>("read");
    const readSeq = read?.conversation_id === session.conversation_id ? read.seq : 0;
    this.session = session;
    this.entered = this.now();
    this.hadRead = readSeq > 0;
    this.heard = lastSeq(this.state.log);
    this.set({
      conversation: session.conversation_id,
      greeting: session.greeting ?? "",
      bureau: session.bureau ?? "",
      readSeq,
      tokenRefused: false,
      closed: false,
    });
    this.connection = new Connection(
      {
        openSocket: () => new WebSocket(this.api.streamUrl(session)),
        poll: (after, wait, signal) => this.api.readLog(session, after, wait, signal),
        random: Math.random,
      },
      {
        auth: () => ({ session_token: session.session_token, after: this.heard }),
        frame: (frame) => this.receive(frame),
        page: (page) => this.receivePage(page),
        link: (link) => this.linkChanged(link),
        signedOut: () => this.renew(),
      },
    );
    this.connection.start();
    this.outbox.resume();
    this.tellLocale();
    this.learnFlows(session);
  }

  private learnFlows(session: Session): void {
    this.api.readFlows(session, this.state.locale).then(
      (flows) => Array.isArray(flows) && this.set({ flows }),
      // Without flows the chat is whole; nothing is said about it.
      () => undefined,
    );
  }

  private speak(locale: Locale): void {
    keepLocale(locale, tabStore, deviceStore);
    this.set({ locale });
  }

  private tellLocale(): void {
    const { session } = this;
    const { locale } = this.state;
    if (session) this.told.tell(locale, () => this.api.putLocale(session, locale));
  }

  private linkChanged(link: Link): void {
    const back = link === "up" && this.state.link !== "up";
    this.set({ link });
    if (!back) return;
    this.openings = 0;
    this.outbox.resume();
    this.tellLocale();
    if (this.toIdentify) void this.identify();
  }

  /** The session ran out: another one is opened, and what was not sent goes out there. */
  private renew(): void {
    this.leave();
    dropSession(tabStore);
    // The first time at once; a server that keeps refusing is asked less and less often.
    this.openIn(this.openings === 0 ? 0 : backOff(this.openings, Math.random()));
  }

  private receivePage(page: Page): void {
    this.take(page.messages);
    this.stand(page);
    this.heard = Math.max(this.heard, page.last_seq);
  }

  private receive(frame: Frame): void {
    if (frame.type === "message") this.take([frame.message]);
    else if (frame.type === "owner") this.stand(frame);
    else if (frame.type === "queue") this.set({ queue: frame.queue });
    else if (frame.type === "read") this.readUpTo(frame.seq, false);
    else if (frame.type === "typing") this.showTyping(frame.sender);
  }

  private stand({ owner, queue, consultation_id, holder, locale }: Standing): void {
    const followed = this.told.follows(this.state.locale, locale);
    if (followed) this.speak(followed);
    if (owner !== this.state.owner) this.set({ typing: undefined });
    this.set({
      owner,
      queue: queue ?? undefined,
      consultationId: consultation_id ?? undefined,
      holder: holder ?? "",
      // A server tells how things stand after the messages before.
      caughtUp: true,
    });
  }

  private showTyping(sender: Sender): void {
    if (sender === "taxpayer" || sender === "system") return;
    clearTimeout(this.timers.typing);
    this.timers.typing = setTimeout(() => this.set({ typing: undefined }), TYPING_SHOWN);
    this.set({ typing: sender });
  }

  private take(messages: readonly Message[]): void {
    const log = merge(this.state.log, messages);
    this.heard = Math.max(this.heard, lastSeq(log));
    if (log === this.state.log) return;
    for (const message of messages) this.clock.learn(message, this.state.unsent);
    const typing = messages.some((each) => each.sender === this.state.typing) ? undefined : this.state.typing;
    const first = messages.find(({ sender, seq }) => sender !== "taxpayer" && seq > this.state.readSeq);
    const away = first && (!this.attentive || Date.parse(first.at) < this.entered);
    const unseen = away && !isNextStep(log, first) && this.hadRead && !this.state.unreadFrom;
    this.set({ log, typing, ...(unseen ? { unreadFrom: first.seq } : {}) });
    this.outbox.settle(messages, lastSeq(log));
    if (this.attentive) this.readUpTo(lastSeq(log));
    clearTimeout(this.timers.keep);
    this.timers.keep = setTimeout(() => this.keepLog(), 500);
  }

  private readUpTo(seq: number, tell = true): void {
    const { session } = this;
    if (!session || seq <= this.state.readSeq) return;
    this.set({ readSeq: seq });
    deviceStore.set("read", { conversation_id: session.conversation_id, seq });
    if (!tell) return;
    clearTimeout(this.timers.read);
    this.timers.read = setTimeout(() => {
      // Being a little behind does no harm: the next message tells again.
      this.api.markRead(session, this.state.readSeq).catch(() => undefined);
    }, 800);
  }

  private keepLog(): void {
    tabStore.set("log", this.state.log.slice(-LOG_KEPT));
  }

  private forgetLog(): void {
    tabStore.remove("log");
    tabStore.remove("given");
    this.set(NOTHING_SAID);
  }

  /** Another person may sit here now: nothing of the one before stays. */
  private forget(): void {
    dropSession(tabStore);
    tabStore.remove("draft");
    forgetDrafts(tabStore);
    tabStore.remove("conversation");
    this.outbox.clear();
    this.forgetLog();
  }

  private set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }
}
