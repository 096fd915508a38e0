import type { Application, Daoban, Events, Listener, Remote, Stage } from "./contract";
import { drawLauncher } from "./launcher";
import { optionsOf } from "./options";

declare const __CHAT__: string;
declare const __VERSION__: string;

declare global {
  interface Window {
    Daoban?: Daoban;
    /** Functions that want `Daoban` as soon as it is there; later ones are called at once. */
    DaobanReady?: { push(...wait: ((daoban: Daoban) => void)[]): unknown };
  }
}

const KEPT = "daoban.chat.session";

/** The element that holds everything of ours; nothing that the page says about elements reaches it. */
function makeHost(): HTMLElement {
  const host = document.createElement("daoban-chat");
  const looks: [string, string][] = [
    ["all", "initial"],
    ["direction", "ltr"],
    ["position", "fixed"],
    ["z-index", "2147483647"],
    ["top", "0"],
    ["left", "0"],
    ["width", "0"],
    ["height", "0"],
    ["display", "block"],
  ];
  for (const [name, value] of looks) host.style.setProperty(name, value, "important");
  return host;
}

function start(script: HTMLScriptElement): void {
  const options = optionsOf(script);
  const host = makeHost();
  const shadow = host.attachShadow({ mode: "open" });
  const listeners: Partial<Record<keyof Events, Set<(detail: never) => void>>> = {};
  const waiting: ((remote: Remote) => void)[] = [];
  let remote: Remote | undefined;
  let loading: Promise<void> | undefined;
  let tries = 0;
  /** Counts openings and closings, so that the last one asked for holds when the chat is there. */
  let wish = 0;
  let gone = false;

  const emit: Stage["emit"] = (event, ...[detail]) => {
    for (const listener of listeners[event] ?? []) {
      try {
        (listener as (detail: unknown) => void)(detail);
      } catch (error) {
        console.error("Daoban:", error);
      }
    }
  };
  const launcher = drawLauncher(shadow, options, () => toggle());
  const load = (): Promise<void> => {
    // A module that failed is asked for under another name: browsers remember the failure.
    loading =
      loading ??
      (
        import(
          /* @vite-ignore */ `${options.base}${__CHAT__}${tries ? `?${tries}` : ""}`
        ) as Promise<Application>
      ).then(
        ({ take }) => {
          if (gone) return;
          remote = take({ options, shadow, launcher, emit, fail });
          for (const call of waiting.splice(0)) call(remote);
          emit("ready");
        },
        (error: unknown) => {
          tries += 1;
          loading = undefined;
          throw error;
        },
      );
    return loading;
  };
  const tell = (call: (remote: Remote) => void) => {
    if (gone) return;
    if (remote) call(remote);
    else waiting.push(call);
  };
  let failed = false;
  const fail = (error: unknown) => {
    failed = true;
    launcher.busy("failed");
    console.error("Daoban:", error);
  };
  const open: Daoban["open"] = (wished) => {
    // What failed twice will fail again: the full page needs nothing of this one.
    if (failed && tries !== 1) {
      window.open(`${options.base}chat/`, "_blank", "noopener");
      return;
    }
    if (remote || gone) {
      remote?.open(wished);
      return;
    }
    launcher.busy("opening");
    wish += 1;
    const mine = wish;
    load().then(() => {
      launcher.busy("");
      if (mine === wish) remote?.open(wished);
    }, fail);
  };
  let isOpen = false;
  const toggle = () => (isOpen ? daoban.close() : open());

  const daoban: Daoban = {
    version: __VERSION__,
    open,
    close: () => {
      wish += 1;
      remote?.close();
    },
    signIn: (token) => {
      tell((chat) => chat.signIn(token));
      if (options.notify) idle();
    },
    signOut: () => tell((chat) => chat.signOut()),
    setLocale: (locale) => {
      options.locale = locale;
      launcher.say(locale);
      tell((chat) => chat.setLocale(locale));
    },
    on: (event, listener) => {
      const them = listeners[event] ?? new Set();
      listeners[event] = them;
      them.add(listener as Listener<never>);
      return () => them.delete(listener as Listener<never>);
    },
    destroy: () => {
      tell((chat) => chat.destroy());
      gone = true;
      host.remove();
      if (window.Daoban === daoban) delete window.Daoban;
    },
  };
  daoban.on("open", () => {
    isOpen = true;
  });
  daoban.on("close", () => {
    isOpen = false;
  });

  const idle = () => {
    const work = () => void load().catch(() => undefined);
    if (window.requestIdleCallback) window.requestIdleCallback(work, { timeout: 5000 });
    else setTimeout(work, 1500);
  };
  const provider = script.dataset.tokenProvider;
  if (provider) daoban.signIn(named(provider));

  // Beside the body, not in it: what the page does to its body does not concern us, and it need not be there yet.
  document.documentElement.appendChild(host);
  window.Daoban = daoban;
  const wait = window.DaobanReady;
  window.DaobanReady = {
    push: (...them) => {
      for (const each of them) each(daoban);
    },
  };
  if (Array.isArray(wait)) window.DaobanReady.push(...wait);
  if (document.readyState === "complete" || keeps()) idle();
  else window.addEventListener("load", idle);
}

/**
 * The function of the page that a name such as "bureau.token" stands for, looked up each time. While the page loads it
 * may not be there yet: a page that is not waited for would show whoever signed in what the one before was told.
 */
const named = (path: string) => (): string | undefined | Promise<string | undefined> => {
  let found: unknown = window;
  for (const part of path.split(".")) found = (found as Record<string, unknown> | undefined)?.[part];
  if (typeof found === "function") return (found as () => Promise<string | undefined>)();
  if (document.readyState === "complete") {
    throw new Error(`data-token-provider: the page has no function ${path}`);
  }
  return new Promise<Event>((loaded) => window.addEventListener("load", loaded)).then(named(path));
};

function keeps(): boolean {
  try {
    return sessionStorage.getItem(KEPT) !== null;
  } catch {
    return false;
  }
}

const script = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
if (script instanceof HTMLScriptElement && !window.Daoban) start(script);
