import { useState } from "preact/hooks";
import { LANGUAGES, type Locale, loadTexts } from "../texts";
import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";
import { isLargeText, setLargeText } from "./largeText";
import { readAloud, reader, readsNew, setReadsNew, useReading } from "./reading";
import { Sheet } from "./Sheet";

interface Props {
  close: () => void;
  open: (panel: "history" | "privacy") => void;
}

export function Menu({ close, open }: Props) {
  const texts = useTexts();
  const { able } = useReading(texts);
  const [large, setLarge] = useState(isLargeText());
  const [aloud, setAloud] = useState(readsNew());
  const toggleAloud = () => {
    setReadsNew(!aloud);
    setAloud(!aloud);
    // Browsers let a page speak once it has spoken on a press.
    if (aloud) reader.stop();
    else readAloud(0, texts.speech.ready, texts.locale, texts);
  };
  return (
    <Sheet title={texts.head.menu} close={close}>
      <div class="stack">
        <Languages />
        <Switch
          label={texts.menu.largeText}
          on={large}
          press={() => {
            setLargeText(!large);
            setLarge(!large);
          }}
        />
        {able && <Switch label={texts.menu.readAloud} on={aloud} press={toggleAloud} />}
        <button type="button" class="switch" onClick={() => open("history")}>
          <span class="switch-label">{texts.history.title}</span>
          <Icon name="next" />
        </button>
        <button type="button" class="switch" onClick={() => open("privacy")}>
          <span class="switch-label">{texts.privacy.title}</span>
          <Icon name="next" />
        </button>
      </div>
    </Sheet>
  );
}

function Switch({ label, on, press }: { label: string; on: boolean; press: () => void }) {
  const { menu } = useTexts();
  return (
    <button type="button" class="switch" role="switch" aria-checked={on} onClick={press}>
      <span class="switch-label">{label}</span>
      <span class="switch-state">{on ? menu.on : menu.off}</span>
      <span class="switch-track" aria-hidden="true" />
    </button>
  );
}

/** Each language named in itself, so that whoever cannot read the page finds theirs. */
function Languages() {
  const texts = useTexts();
  const { chat } = useChat();
  const [failed, setFailed] = useState(false);
  const choose = (locale: Locale) => {
    setFailed(false);
    reader.stop();
    loadTexts(locale).then(
      () => chat.setLocale(locale),
      () => setFailed(true),
    );
  };
  return (
    <div role="group" aria-labelledby="languages">
      <p class="menu-label" id="languages">
        {texts.menu.language}
      </p>
      <div class="languages">
        {(Object.keys(LANGUAGES) as Locale[]).map((locale) => (
          <button
            type="button"
            key={locale}
            lang={locale}
            class={locale === texts.locale ? "button button-main" : "button"}
            aria-pressed={locale === texts.locale}
            onClick={() => choose(locale)}
          >
            {LANGUAGES[locale]}
          </button>
        ))}
      </div>
      <p class="menu-failed" role="alert">
        {failed && texts.menu.languageFailed}
      </p>
    </div>
  );
}
