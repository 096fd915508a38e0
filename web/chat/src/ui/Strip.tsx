import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { State } from "../core/chat";
import { openingLabel, waitLabel } from "../core/format";
import type { Texts } from "../texts";
import { useChat, useTexts } from "./context";
import { Icon, type IconName } from "./Icon";
import { Sheet } from "./Sheet";

/** The one line under the head: the most pressing thing to know, or nothing. */
export function Strip() {
  const texts = useTexts();
  const { chat, state } = useChat();
  const { link, owner } = state;
  if (state.tokenRefused) {
    return (
      <Line tone="warn" icon="alert" text={texts.link.tokenRefused} more={texts.link.tokenRefusedMore}>
        <button type="button" class="button button-small" onClick={() => chat.continueAnonymous()}>
          {texts.link.continueAnonymous}
        </button>
      </Line>
    );
  }
  if (state.closed) {
    return (
      <Line tone="warn" icon="alert" text={texts.link.closed} more={texts.link.closedMore}>
        <a class="button button-small" href={chat.page} target="_blank" rel="noopener noreferrer">
          {texts.link.openPage}
        </a>
      </Line>
    );
  }
  if (link === "down") return <Line tone="warn late" icon="again" text={texts.link.down} />;
  if (link === "connecting") return <Line tone="calm late" icon="again" text={texts.link.connecting} />;
  if (owner === "officer_queue" || owner === "expert_queue") return <Waiting />;
  if (owner === "officer" || owner === "expert") return <Served />;
  return null;
}

interface LineProps {
  tone: string;
  icon: IconName;
  text: string;
  more?: string;
  children?: ComponentChildren;
}

function Line({ tone, icon, text, more, children }: LineProps) {
  return (
    <div class={`strip strip-${tone}`}>
      <div class="column strip-row">
        <Icon name={icon} />
        <p class="strip-text" role="status">
          {text}
          {more && <span class="strip-more">{more}</span>}
        </p>
        {children}
      </div>
    </div>
  );
}

function Waiting() {
  const texts = useTexts();
  const { chat, state } = useChat();
  const [asking, setAsking] = useState(false);
  const { queue } = state;
  const { queue: words } = texts;
  const closed = queue?.open === false;
  const leave = () => {
    setAsking(false);
    chat.sendInput({ type: "leave_queue" }, null);
  };
  return (
    <>
      <Line
        tone={closed ? "warn" : "calm"}
        icon="clock"
        {...(closed ? closedText(texts, queue.opens_at, chat.now()) : placeText(texts, state))}
      >
        <button type="button" class="button button-small" onClick={() => setAsking(true)}>
          {words.leave}
        </button>
      </Line>
      {asking && (
        <Question
          title={words.leaveTitle}
          body={words.leaveBody}
          yes={words.leaveYes}
          no={words.leaveNo}
          onYes={leave}
          onNo={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface Said {
  text: string;
  more?: string;
}

function closedText(texts: Texts, opensAt: string | null | undefined, now: number): Said {
  const { closed, closedUntil, closedUnknown } = texts.queue;
  return {
    text: closed,
    more: opensAt ? closedUntil(openingLabel(texts, Date.parse(opensAt), now)) : closedUnknown,
  };
}

function placeText(texts: Texts, { owner, queue }: State): Said {
  const text = owner === "expert_queue" ? texts.queue.expert : texts.queue.officer;
  const parts: string[] = [];
  if (queue?.place) parts.push(texts.queue.place(queue.place));
  if (typeof queue?.expected_wait_seconds === "number") {
    parts.push(texts.queue.wait(waitLabel(texts, queue.expected_wait_seconds)));
  }
  return parts.length ? { text, more: parts.join(texts.queue.and) } : { text };
}

function Served() {
  const texts = useTexts();
  const { chat, state } = useChat();
  const [asking, setAsking] = useState(false);
  const kind = texts.kinds[state.owner === "expert" ? "expert" : "officer"];
  const { serving } = texts;
  const close = () => {
    setAsking(false);
    chat.sendInput({ type: "close" }, null);
  };
  return (
    <>
      <Line
        tone="calm"
        icon="person"
        text={state.holder ? serving.named(kind, state.holder) : serving.unnamed(kind)}
      >
        <button type="button" class="button button-small" onClick={() => setAsking(true)}>
          {serving.close}
        </button>
      </Line>
      {asking && (
        <Question
          title={serving.closeTitle}
          body={serving.closeBody}
          yes={serving.closeYes}
          no={serving.closeNo}
          onYes={close}
          onNo={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface QuestionProps {
  title: string;
  body: string;
  yes: string;
  no: string;
  onYes: () => void;
  onNo: () => void;
}

function Question({ title, body, yes, no, onYes, onNo }: QuestionProps) {
  return (
    <Sheet title={title} close={onNo}>
      <p>{body}</p>
      <div class="stack">
        <button type="button" class="button button-wide button-main" onClick={onNo}>
          {no}
        </button>
        <button type="button" class="button button-wide" onClick={onYes}>
          {yes}
        </button>
      </div>
    </Sheet>
  );
}
