import "../polyfills";
import { Api } from "../core/api";
import { Chat } from "../core/chat";
import { firstLocale, localeOf } from "../core/locale";
import { keptSession } from "../core/session";
import { deviceStore, tabStore } from "../core/storage";
import { mount } from "../mount";
import { BackButton } from "./back";
import type { Application, Remote, Stage, Token, Wish } from "./contract";
import { Panel } from "./panel";
import { dress } from "./styles";
import { HostTokens } from "./tokens";
import { grant } from "./wish";

const OPEN = "open";
const ASKED = "asked";

/** The chat in a page of the bureau. */
class Widget implements Remote {
  private readonly tokens: HostTokens;
  private readonly chat: Chat;
  private readonly panel: Panel;
  private readonly back: BackButton;
  private readonly dressed: Promise<void>;
  private drawn: Promise<void> | undefined;
  private unmount: (() => void) | undefined;
  /** Settled when it is clear who is here, as far as the page says. */
  private known: Promise<void> = Promise.resolve();
  /** How often the page said who is here. */
  private told = 0;
  private isOpen = false;
  private unread = 0;

  constructor(private readonly stage: Stage) {
    const { options, shadow, emit } = stage;
    this.tokens = new HostTokens(() => emit("token-needed"));
    const asked = options.locale ? `?lang=${encodeURIComponent(options.locale)}` : "";
    const preferred = [document.documentElement.lang, ...navigator.languages];
    const locale = firstLocale(asked, tabStore, deviceStore, preferred);
    this.chat = new Chat(new Api(options.base), this.tokens, locale);
    this.chat.show(false);
    this.panel = new Panel(
      shadow,
      stage.launcher.element,
      options,
      () => this.close(),
      () => this.stand(),
    );
    this.back = new BackButton(options.back, () => this.close());
    this.dressed = dress(shadow);
    stage.launcher.say(locale);
    this.chat.subscribe(() => this.count());
    // After what the page asked for so far, so that nobody sees what someone else said here before.
    void Promise.resolve()
      .then(() => this.known)
      .then(() => this.goOn());
  }

  open(wish?: Wish): void {
    this.show(true).then(
      () => this.grant(wish),
      (error: unknown) => {
        this.isOpen = false;
        this.stage.fail(error);
      },
    );
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    tabStore.remove(OPEN);
    this.chat.show(false);
    this.back.give();
    this.stage.launcher.opened(false, false);
    this.panel.hide(this.stage.launcher.element);
    this.stage.emit("close");
  }

  signIn(token: Token): void {
    this.told += 1;
    const { told } = this;
    this.known = this.tokens.take(token).then(
      (person) => {
        // A slow answer to an earlier word of the page says nothing any more.
        if (told !== this.told) return;
        if (person === undefined) this.chat.signedOut();
        else this.chat.signedIn(person);
        if (person !== undefined && this.stage.options.notify) this.chat.start();
      },
      (error: unknown) => console.error("Daoban:", error),
    );
  }

  signOut(): void {
    this.told += 1;
    this.tokens.drop();
    this.chat.signedOut();
  }

  setLocale(tag: string): void {
    const locale = localeOf(tag);
    if (locale) this.chat.setLocale(locale);
  }

  destroy(): void {
    this.close();
    this.back.end();
    this.chat.stop();
    this.unmount?.();
    this.panel.end();
  }

  /** What was begun in this tab goes on; a page that is only looked at opens nothing on the server. */
  private goOn(): void {
    if (keptSession(tabStore)) this.chat.start();
    if (tabStore.get(OPEN) && !this.panel.covers) this.show(false).catch(this.stage.fail);
  }

  private async show(takeFocus: boolean): Promise<void> {
    if (this.isOpen) {
      if (takeFocus) this.panel.takeFocus();
      return;
    }
    this.isOpen = true;
    await Promise.all([this.dressed, this.known]);
    if (!this.isOpen) return;
    tabStore.set(OPEN, true);
    this.chat.start();
    // The history first: it notes how far the page was scrolled.
    this.stand();
    this.panel.show(takeFocus);
    await this.draw();
    if (!this.isOpen) return;
    this.chat.show(true);
    if (takeFocus) this.panel.takeFocus();
    this.stage.emit("open");
  }

  private draw(): Promise<void> {
    this.drawn =
      this.drawn ??
      new Promise((resolve) => {
        this.unmount = mount(this.panel.root, this.chat, {
          leave: () => this.close(),
          shown: (texts) => {
            this.panel.name(texts.page.title, texts.locale);
            this.stage.launcher.say(texts.locale);
            resolve();
          },
        });
      });
    return this.drawn;
  }

  /** Beside or over the page: the button and the history follow. */
  private stand(): void {
    if (this.panel.covers) this.back.take();
    else this.back.give();
    this.stage.launcher.opened(true, this.panel.covers);
  }

  /** Begins a flow, or asks in the taxpayer's name. */
  private grant(wish: Wish | undefined): void {
    const before = tabStore.get<string[]>(ASKED) ?? [];
    const granted = grant(wish, this.stage.options, before);
    if (!granted) return;
    tabStore.set(ASKED, [...before, granted.key]);
    if (granted.flow) this.begin(granted.flow);
    else if (granted.topic) this.chat.sendText(granted.topic);
  }

  /** Begins a flow, or goes on with its unfinished run; until it is in the log its title stands for it, if known. */
  private begin(flow_id: string): void {
    const known = this.chat.state.flows.find((flow) => flow.flow_id === flow_id);
    this.chat.sendInput({ type: "flow", flow_id }, known?.title ?? null);
  }

  private count(): void {
    const { unread } = this.chat;
    if (unread === this.unread) return;
    this.unread = unread;
    this.stage.launcher.unread(unread);
    this.stage.emit("unread", unread);
  }
}

export const take: Application["take"] = (stage) => new Widget(stage);
