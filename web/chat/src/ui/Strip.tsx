import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { State } from "../core/chat";
import { onItsWay, unfinished } from "../core/flow";
import { openingLabel, waitLabel } from "../core/format";
import type { Texts } from "../texts";
import { useChat, useTexts } from "./context";
import { Icon, type IconName } from "./Icon";
import { Sheet } from "./Sheet";

/** As long as the line itself waits before it shows (`.late`), in ms. */
const LATE = 900;

/** The one line under the head: the most pressing thing to know, or nothing. */
export function Strip() {
  const texts = useTexts();
  const { chat, state } = useChat();
  const said = saidOf(texts, state, chat.now());
  const words = said ? [said.text, said.more].filter(Boolean).join(" ") : "";
  const status = useSettled(words, said?.late ? LATE : 0);
  return (
    <>
      <p class="hidden" role="status">
        {status}
      </p>
      {said && (
        <Line said={said}>
          <Action state={state} />
        </Line>
      )}
    </>
  );
}

interface Said {
  tone: "warn" | "calm";
  icon: IconName;
  text: string;
  more?: string | undefined;
  /** Said only when it lasts. */
  late?: boolean;
}

function saidOf(texts: Texts, state: State, now: number): Said | undefined {
  const { link, owner } = state;
  if (state.tokenRefused) {
    const { tokenRefused, tokenRefusedMore } = texts.link;
    return { tone: "warn", icon: "alert", text: tokenRefused, more: tokenRefusedMore };
  }
  if (state.closed)
    return { tone: "warn", icon: "alert", text: texts.link.closed, more: texts.link.closedMore };
  if (link === "down") return { tone: "warn", icon: "again", text: texts.link.down, late: true };
  if (link === "connecting") return { tone: "calm", icon: "again", text: texts.link.connecting, late: true };
  if (owner === "bot") return pausedFlow(texts, state, now);
  return owner === "officer" || owner === "expert" ? served(texts, state) : waiting(texts, state, now);
}

/** A guided flow that waits, while something else is before the eyes. */
function pausedFlow(texts: Texts, { log }: State, now: number): Said | undefined {
  const run = unfinished(log, now);
  if (!run?.waits) return undefined;
  const { paused, left } = texts.flow;
  return { tone: "calm", icon: "clock", text: paused(run.flow.title), more: left(run.days) };
}

function waiting(texts: Texts, { owner, queue }: State, now: number): Said {
  const { queue: words } = texts;
  if (queue?.open === false) {
    const { opens_at: opens } = queue;
    const more = opens ? words.closedUntil(openingLabel(texts, Date.parse(opens), now)) : words.closedUnknown;
    return { tone: "warn", icon: "clock", text: words.closed, more };
  }
  const text = owner === "expert_queue" ? words.expert : words.officer;
  const parts: string[] = [];
  if (queue?.place) parts.push(words.place(queue.place));
  if (typeof queue?.expected_wait_seconds === "number") {
    parts.push(words.wait(waitLabel(texts, queue.expected_wait_seconds)));
  }
  return { tone: "calm", icon: "clock", text, more: parts.join(words.and) || undefined };
}

function served(texts: Texts, { owner, holder }: State): Said {
  const kind = texts.kinds[owner === "expert" ? "expert" : "officer"];
  const text = holder ? texts.serving.named(kind, holder) : texts.serving.unnamed(kind);
  return { tone: "calm", icon: "person", text };
}

/** A text once it has stood for so long (ms), so that a screen reader does not hear what passes. */
function useSettled(text: string, after: number): string {
  const [settled, setSettled] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), after);
    return () => clearTimeout(timer);
  }, [text, after]);
  return settled;
}

function Line({ said, children }: { said: Said; children: ComponentChildren }) {
  return (
    <div class={`strip strip-${said.tone}${said.late ? " late" : ""}`}>
      <div class="column strip-row">
        <Icon name={said.icon} />
        <p class="strip-text">
          {said.text}
          {said.more && <span class="strip-more">{said.more}</span>}
        </p>
        {children}
      </div>
    </div>
  );
}

/** What one can do about it. */
function Action({ state }: { state: State }) {
  const texts = useTexts();
  const { chat } = useChat();
  if (state.tokenRefused) {
    return (
      <button type="button" class="button button-small" onClick={() => chat.continueAnonymous()}>
        {texts.link.continueAnonymous}
      </button>
    );
  }
  if (state.closed) {
    return (
      <a class="button button-small" href={chat.page} target="_blank" rel="noopener noreferrer">
        {texts.link.openPage}
      </a>
    );
  }
  if (state.link !== "up") return null;
  if (state.owner === "bot") return <GoOn state={state} />;
  if (state.owner === "officer" || state.owner === "expert") return <Close />;
  return <Leave />;
}

function GoOn({ state }: { state: State }) {
  const texts = useTexts();
  const { chat } = useChat();
  const run = unfinished(state.log, chat.now());
  if (!run) return null;
  const { run_id } = run.flow;
  const underWay = onItsWay(state.unsent, run_id) !== undefined;
  return (
    <button
      type="button"
      class="button button-small"
      aria-disabled={underWay}
      onClick={() => {
        if (!underWay) chat.sendInput({ type: "flow_action", run_id, action: "resume" }, null);
      }}
    >
      {texts.flow.resume}
    </button>
  );
}

function Leave() {
  const { queue: words } = useTexts();
  const { chat } = useChat();
  const ask: Asked = {
    title: words.leaveTitle,
    body: words.leaveBody,
    yes: words.leaveYes,
    no: words.leaveNo,
  };
  return <Asking label={words.leave} ask={ask} onYes={() => chat.sendInput({ type: "leave_queue" }, null)} />;
}

function Close() {
  const { serving } = useTexts();
  const { chat } = useChat();
  const ask: Asked = {
    title: serving.closeTitle,
    body: serving.closeBody,
    yes: serving.closeYes,
    no: serving.closeNo,
  };
  return <Asking label={serving.close} ask={ask} onYes={() => chat.sendInput({ type: "close" }, null)} />;
}

interface Asked {
  title: string;
  body: string;
  yes: string;
  no: string;
}

/** A button that asks once more before it does what it says. */
function Asking({ label, ask, onYes }: { label: string; ask: Asked; onYes: () => void }) {
  const [asking, setAsking] = useState(false);
  const no = () => setAsking(false);
  const yes = () => {
    setAsking(false);
    onYes();
  };
  return (
    <>
      <button type="button" class="button button-small" onClick={() => setAsking(true)}>
        {label}
      </button>
      {asking && (
        <Sheet title={ask.title} close={no}>
          <p>{ask.body}</p>
          <div class="stack">
            <button type="button" class="button button-wide button-main" onClick={no}>
              {ask.no}
            </button>
            <button type="button" class="button button-wide" onClick={yes}>
              {ask.yes}
            </button>
          </div>
        </Sheet>
      )}
    </>
  );
}
