import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Chat, State } from "../core/chat";
import type { Texts } from "../texts";

export const ChatContext = createContext<Chat | undefined>(undefined);
export const TextsContext = createContext<Texts | undefined>(undefined);

/** The conversation and its state; the component is drawn again when the state changes. */
export function useChat(): { chat: Chat; state: State } {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error("outside of the chat");
  const [state, setState] = useState(chat.state);
  useEffect(() => {
    setState(chat.state);
    return chat.subscribe(() => setState(chat.state));
  }, [chat]);
  return { chat, state };
}

/** What the page says, in the language of now. */
export function useTexts(): Texts {
  const texts = useContext(TextsContext);
  if (!texts) throw new Error("outside of a language");
  return texts;
}
