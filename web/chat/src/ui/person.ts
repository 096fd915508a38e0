import type { Chat } from "../core/chat";
import type { Texts } from "../texts";

const SAME_WISH = 5000;
let asked = 0;

/** Asks for a person, once; says so when one is already on the way or here. */
export function askForPerson(chat: Chat, texts: Texts, say: (text: string) => void): void {
  const { owner } = chat.state;
  if (owner === "officer_queue" || owner === "expert_queue") say(texts.queue.already);
  else if (owner !== "bot") say(texts.serving.already);
  else if (Date.now() - asked > SAME_WISH) {
    asked = Date.now();
    chat.sendText(texts.head.personSend);
  }
}
