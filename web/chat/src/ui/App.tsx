import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../core/chat";
import type { Texts } from "../texts";
import { Announcer } from "./Announcer";
import { Composer } from "./Composer";
import { ChatContext, useTexts } from "./context";
import { Head } from "./Head";
import { Language } from "./Language";
import { Log } from "./Log";
import { Late, useLate } from "./late";
import { Menu } from "./Menu";
import { Privacy } from "./Privacy";
import { Sheet } from "./Sheet";
import { Strip } from "./Strip";

const NOTE_SHOWN = 5000;

type Panel = "menu" | "history" | "privacy" | undefined;

interface Props {
  chat: Chat;
  /** The words to begin with, loaded before anything is shown. */
  texts: Texts;
  /** Tells what stands around the chat which language it speaks. */
  shown: (texts: Texts) => void;
  /** Puts the chat away, where it stands in another page. */
  leave?: (() => void) | undefined;
}

export function App({ chat, texts, shown, leave }: Props) {
  return (
    <ChatContext.Provider value={chat}>
      <Language first={texts} shown={shown}>
        <Frame leave={leave} />
      </Language>
    </ChatContext.Provider>
  );
}

function Frame({ leave }: Pick<Props, "leave">) {
  const texts = useTexts();
  const [note, setNote] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const say = useCallback((text: string) => {
    clearTimeout(timer.current);
    setNote(text);
    timer.current = setTimeout(() => setNote(""), NOTE_SHOWN);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  const [panel, setPanel] = useState<Panel>();
  const page = useRef<HTMLDivElement>(null);
  const close = useCallback(() => setPanel(undefined), []);
  // In a page of the bureau it is a dialog beside that page's own main part.
  const Main = leave ? "div" : "main";
  return (
    <div class={panel === "history" ? "page page-history" : "page"} lang={texts.locale} ref={page}>
      <button
        type="button"
        class="button skip"
        onClick={() => page.current?.querySelector<HTMLElement>(".composer .field")?.focus()}
      >
        {texts.head.skip}
      </button>
      <Head say={say} leave={leave} menu={panel === "menu"} openMenu={() => setPanel("menu")} />
      <Main class="main">
        <Strip />
        <div class="middle">
          <Log />
          <p class={note ? "note note-shown" : "note"} role="status">
            {note}
          </p>
        </div>
        <Composer openPrivacy={() => setPanel("privacy")} />
      </Main>
      <Announcer />
      {panel === "menu" && <Menu close={close} open={setPanel} />}
      {panel === "history" && <Records close={close} />}
      {panel === "privacy" && <Privacy close={close} />}
    </div>
  );
}

const HISTORY = new Late(() => import("./History"));

/** The history, loaded when somebody looks back. */
function Records({ close }: { close: () => void }) {
  const { history: words } = useTexts();
  const screens = useLate(HISTORY);
  if (screens) return <screens.History close={close} />;
  return (
    <Sheet title={words.title} close={close} tall>
      <p>{words.loading}</p>
    </Sheet>
  );
}
