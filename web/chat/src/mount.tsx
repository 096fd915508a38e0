import { render } from "preact";
import type { Chat } from "./core/chat";
import { backOff } from "./core/connection";
import { loadTexts, type Texts } from "./texts";
import { App } from "./ui/App";
import { showTextSize } from "./ui/largeText";
import { stopOnLeaving } from "./ui/reading";

export interface Around {
  /** Called for each language before it is painted. */
  shown(texts: Texts): void;
  /** Puts the chat away; without it there is nowhere to go. */
  leave?: () => void;
}

/**
 * Shows the chat in `root` once its words are there; without them it would show nothing or the wrong
 * language. The same for the full page and for a page of the bureau. The result takes it away again.
 */
export function mount(root: HTMLElement, chat: Chat, around: Around): () => void {
  let retry: ReturnType<typeof setTimeout> | undefined;
  let gone = false;
  showTextSize(root);
  const forget = stopOnLeaving();
  const show = (attempts: number) => {
    loadTexts(chat.state.locale).then(
      (texts) => {
        if (!gone) render(<App chat={chat} texts={texts} {...around} />, root);
      },
      () => {
        if (!gone) retry = setTimeout(() => show(attempts + 1), backOff(attempts, Math.random()));
      },
    );
  };
  show(0);
  return () => {
    gone = true;
    clearTimeout(retry);
    forget();
    render(null, root);
  };
}
