import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { deviceStore, tabStore } from "../core/storage";
import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";
import { reader } from "./reading";
import { type Files, FilesTray, useFiles } from "./useFiles";
import { hasKeyboard } from "./viewport";

const LIMIT = 2000;
const COUNT_FROM = 1800;
const LINES = 5;
const COMPOSING = 229;

/** Shown until one has written something on this device. */
const NOTICED = "noticed";
const COUNTED_BY = 50;

export function Composer({ openPrivacy }: { openPrivacy: () => void }) {
  const texts = useTexts();
  const { chat, state } = useChat();
  const [text, setText] = useState(() => tabStore.get<string>("draft") ?? "");
  const [noticed, setNoticed] = useState(() => deviceStore.get<boolean>(NOTICED) === true);
  const field = useRef<HTMLTextAreaElement>(null);
  const { composer: words } = texts;
  const length = Array.from(text).length;
  const over = length - LIMIT;
  const files = useFiles();
  const something = files.items.length > 0 ? files.ready : text.trim() !== "";
  const ready = something && over <= 0 && !state.tokenRefused;

  useEffect(() => tabStore.set("draft", text), [text]);
  useLayoutEffect(() => grow(field.current), [text]);

  const send = () => {
    if (!ready) return;
    const taken = files.take();
    chat.sendText(text.trim(), taken, taken.length ? texts.files.names(taken.map(({ name }) => name)) : "");
    setText("");
    deviceStore.set(NOTICED, true);
    setNoticed(true);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === COMPOSING) return;
    if (!hasKeyboard()) return;
    event.preventDefault();
    send();
  };
  const placeholder =
    state.owner === "bot"
      ? words.placeholder
      : state.owner.endsWith("queue")
        ? words.placeholderQueue
        : words.placeholderServed;
  // Read out now and then, not at every letter.
  const rounded = Math.ceil(Math.abs(over) / COUNTED_BY) * COUNTED_BY;
  const spokenCount = over > 0 ? words.over(rounded) : length >= COUNT_FROM ? words.left(rounded) : "";
  const count = over > 0 ? words.over(over) : length >= COUNT_FROM ? words.left(-over) : "";

  return (
    <form
      class="composer"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        files.add(event.dataTransfer?.files);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="column">
        <p id="composer-count" class={over > 0 ? "count count-over" : "count"}>
          {count}
        </p>
        <p class="hidden" role="status">
          {spokenCount}
        </p>
        <p class="attach-failed" role="alert">
          {files.failed && texts.files.failed}
        </p>
        <FilesTray files={files} />
        <div class="composer-row">
          <Attach add={files.add} />
          <textarea
            ref={field}
            class="field"
            rows={1}
            value={text}
            placeholder={placeholder}
            aria-label={words.label}
            aria-describedby="composer-count"
            aria-invalid={over > 0}
            enterkeyhint={hasKeyboard() ? "send" : "enter"}
            onInput={(event) => {
              reader.stop();
              setText(event.currentTarget.value);
            }}
            onKeyDown={onKeyDown}
            onPaste={(event) => {
              const pasted = event.clipboardData?.files;
              if (!pasted?.length) return;
              event.preventDefault();
              files.add(pasted);
            }}
          />
          <button type="submit" class="button button-main button-send" aria-disabled={!ready}>
            <Icon name="send" />
            {words.send}
          </button>
        </div>
        {noticed ? (
          <p class="composer-note">
            {state.owner === "officer" || state.owner === "expert" ? words.noteServed : words.note}
          </p>
        ) : (
          <p class="composer-note">
            {texts.privacy.notice}{" "}
            <button type="button" class="link" onClick={openPrivacy}>
              {texts.privacy.more}
            </button>
          </p>
        )}
      </div>
    </form>
  );
}

const TAKEN = "image/*,application/pdf,.pdf,.ofd,.docx,.xlsx";

/** Lets one choose files; a phone offers its camera by itself. */
function Attach({ add }: { add: Files["add"] }) {
  const texts = useTexts();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="button button-plain attach"
        aria-label={texts.files.add}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
        <span>{texts.files.short}</span>
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={TAKEN}
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => {
          add(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}

/** As high as its text, up to five lines. */
function grow(field: HTMLTextAreaElement | null): void {
  if (!field) return;
  const style = getComputedStyle(field);
  const padding = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
  const most = Number.parseFloat(style.lineHeight) * LINES + padding;
  const edge = field.offsetHeight - field.clientHeight;
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, most) + edge}px`;
  field.style.overflowY = field.scrollHeight > most ? "auto" : "hidden";
}
