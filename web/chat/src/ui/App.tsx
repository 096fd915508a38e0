import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../core/chat";
import { Composer } from "./Composer";
import { ChatContext } from "./context";
import { Head } from "./Head";
import { Log } from "./Log";
import { Strip } from "./Strip";

const NOTE_SHOWN = 5000;

export function App({ chat }: { chat: Chat }) {
  const [note, setNote] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const say = useCallback((text: string) => {
    clearTimeout(timer.current);
    setNote(text);
    timer.current = setTimeout(() => setNote(""), NOTE_SHOWN);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <ChatContext.Provider value={chat}>
      <div class="page">
        <Head say={say} />
        <main class="main">
          <Strip />
          <div class="middle">
            <Log />
            <p class={note ? "note note-shown" : "note"} role="status">
              {note}
            </p>
          </div>
          <Composer />
        </main>
      </div>
    </ChatContext.Provider>
  );
}
