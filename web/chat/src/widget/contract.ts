/** A token of the host, or a function that gives one whenever it is needed; nothing when nobody is signed in. */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

/** What the chat is opened for; a flow goes before a topic. */
export interface Wish {
  /** What is asked in the taxpayer's name. */
  topic?: string;
  /** The id of a guided flow, which is begun or gone on with. */
  flow?: string;
}

export interface Events {
  /** The chat itself is loaded and answers. */
  ready: undefined;
  open: undefined;
  close: undefined;
  /** How many messages wait to be seen. */
  unread: number;
  /** A session can't be opened as the person whom the host named: `signIn` with a new token. */
  "token-needed": undefined;
}

export type Listener<Name extends keyof Events> = (detail: Events[Name]) => void;

/** `window.Daoban`, for the page that embeds the chat. */
export interface Daoban {
  readonly version: string;
  open(wish?: Wish): void;
  close(): void;
  signIn(token: Token): void;
  signOut(): void;
  setLocale(locale: string): void;
  /** Returns what ends the listening. */
  on<Name extends keyof Events>(event: Name, listener: Listener<Name>): () => void;
  /** Takes the chat off the page; only the script tag brings it back. */
  destroy(): void;
}

/** How the page wants the chat, from the script tag. */
export interface Options {
  /** The server, ending in a slash. */
  base: string;
  side: "left" | "right";
  /** From the lower edge, in CSS pixels. */
  offset: number;
  color: string;
  label: string | undefined;
  locale: string | undefined;
  topic: string | undefined;
  flow: string | undefined;
  hidden: boolean;
  notify: boolean;
  back: boolean;
}

/** What the script hands to the chat when it is loaded. */
export interface Stage {
  options: Options;
  shadow: ShadowRoot;
  launcher: Launcher;
  /** The chat can't be shown in this page; the button leads to the full page from now on. */
  fail(error: unknown): void;
  emit<Name extends keyof Events>(
    event: Name,
    ...detail: Events[Name] extends undefined ? [] : [Events[Name]]
  ): void;
}

export interface Launcher {
  element: HTMLElement;
  say(locale: string): void;
  unread(count: number): void;
  /** Whether the chat is open, and covers the button. */
  opened(open: boolean, covered: boolean): void;
}

/** What the chat does when the page asks. */
export type Remote = Pick<Daoban, "open" | "close" | "signIn" | "signOut" | "setLocale" | "destroy">;

export interface Application {
  take(stage: Stage): Remote;
}
