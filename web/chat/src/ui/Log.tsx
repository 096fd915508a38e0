import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Message, Sender } from "../core/contract";
import { flowPlaces, isNextStep } from "../core/flow";
import { dayLabel } from "../core/format";
import { lastSeq, newsFrom } from "../core/log";
import { isFlowInput } from "../core/outbox";
import { rowsOf } from "../core/rows";
import { isInFlow } from "./attention";
import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";
import { MessageView } from "./MessageView";
import { UnsentView } from "./UnsentView";

/** This near to the end counts as being there, in CSS pixels. */
const NEAR = 80;
const AIR = 12;
const TOUCHES = ["pointerdown", "keydown"];
/** Messages within so many ms are read together. */
const TOGETHER = 3000;

export function Log() {
  const texts = useTexts();
  const { chat, state } = useChat();
  const { log, unsent, unreadFrom, typing, owner, link, greeting, readSeq } = state;
  const box = useRef<HTMLElement>(null);
  const placed = useRef<Placed>({
    top: 0,
    following: true,
    atEnd: true,
    hidden: false,
    seq: 0,
    own: 0,
    batch: 0,
    batchAt: 0,
  });
  const [away, setAway] = useState(false);
  const places = useMemo(() => flowPlaces(log), [log]);
  const rows = useMemo(() => rowsOf(log, unsent, unreadFrom, places), [log, unsent, unreadFrom, places]);

  const attend = useCallback(() => {
    chat.attend(placed.current.following && document.visibilityState === "visible");
  }, [chat]);
  const follow = useCallback(() => {
    const element = box.current;
    if (!element) return;
    place(element, Number.MAX_SAFE_INTEGER, placed.current);
    placed.current.following = true;
    setAway(false);
    attend();
  }, [attend]);

  useLayoutEffect(() => {
    const element = box.current;
    const now = placed.current;
    if (!element) return;
    const own = unsent.filter((item) => item.label !== null || isFlowInput(item)).length;
    if (own > now.own) {
      now.following = now.atEnd = true;
      attend();
    }
    now.own = own;
    const newest = log[log.length - 1];
    if (newest && newest.seq > now.seq && isNextStep(log, newest)) now.following = true;
    if (element.clientHeight === 0) return; // the panel is closed: placed when it opens
    if (now.following) showNewest(element, log, unreadFrom, now);
    now.seq = lastSeq(log);
  }, [rows, typing, owner]);

  useEffect(() => {
    document.addEventListener("visibilitychange", attend);
    return () => document.removeEventListener("visibilitychange", attend);
  }, [attend]);

  // The strip comes, the composer grows, the keyboard opens: the end stays in sight. So it does while screens
  // and pictures load, until somebody unfolds things themselves.
  useEffect(() => {
    const element = box.current;
    const content = element?.firstElementChild;
    if (!element || !content || !window.ResizeObserver) return;
    const observer = new ResizeObserver((entries) => {
      const now = placed.current;
      if (element.clientHeight === 0) {
        now.hidden = true;
        return;
      }
      const { log, unreadFrom } = chat.state;
      if (now.hidden) {
        now.hidden = false;
        element.scrollTop = now.top; // browsers forget it of what is not displayed
        if (lastSeq(log) > now.seq) {
          // Whoever opens the chat wants to see what came meanwhile.
          now.following = true;
          setAway(false);
          showNewest(element, log, unreadFrom, now);
          now.seq = lastSeq(log);
        }
        attend();
      }
      if (!now.following || !now.atEnd) return;
      const grown = entries.some(({ target }) => target === content);
      const news = `[data-seq="${newsFrom(log, now.batch)}"]`;
      const start = grown && element.querySelector<HTMLElement>(news);
      if (start) placeAt(element, start, now);
      else place(element, Number.MAX_SAFE_INTEGER, now);
    });
    const touched = () => observer.unobserve(content);
    observer.observe(element);
    observer.observe(content);
    for (const event of TOUCHES) element.addEventListener(event, touched);
    return () => {
      observer.disconnect();
      for (const event of TOUCHES) element.removeEventListener(event, touched);
    };
  }, []);

  const onScroll = () => {
    const element = box.current;
    const now = placed.current;
    if (!element || now.hidden || Math.abs(element.scrollTop - now.top) < 2) return;
    now.top = element.scrollTop;
    now.following = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    setAway(!now.following);
    attend();
  };
  const news = log.filter((message) => message.sender !== "taxpayer" && message.seq > readSeq).length;

  return (
    <>
      <section
        class="log"
        ref={box}
        role="log"
        // The announcer tells what is new; a reload would have the whole log read out here.
        aria-live="off"
        aria-label={texts.log.label}
        aria-busy={link === "connecting"}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must be able to reach it
        tabIndex={0}
        onScroll={onScroll}
      >
        <div class="column log-rows">
          {log.length === 0 && link === "up" && greeting && <Greeting text={greeting} />}
          {rows.map((row) => {
            if (row.type === "day") {
              return (
                <p class="day" key={row.key}>
                  {dayLabel(texts, row.at, chat.now())}
                </p>
              );
            }
            if (row.type === "unread") {
              return (
                <p class="unread" key={row.key}>
                  {texts.log.unread}
                </p>
              );
            }
            if (row.type === "unsent") return <UnsentView key={row.key} item={row.item} />;
            return <MessageView key={row.key} message={row.message} first={row.first} place={row.place} />;
          })}
          {typing && <Typing sender={typing} />}
        </div>
      </section>
      {away && (news > 0 || !isInFlow()) && (
        <button type="button" class="button jump" onClick={follow}>
          <Icon name="down" />
          {news > 0 ? texts.log.jumpNew(news) : texts.log.jump}
        </button>
      )}
    </>
  );
}

/** Where the log stands. */
interface Placed {
  /** The scroll position we chose; another one means that the reader moved. */
  top: number;
  /** The reader is at the newest, and wants to stay there. */
  following: boolean;
  atEnd: boolean;
  /** The page that holds the chat does not display it now. */
  hidden: boolean;
  /** The last seq that was laid out. */
  seq: number;
  /** How many messages of ours were on their way. */
  own: number;
  /** The first of the messages that just came together, and when. */
  batch: number;
  batchAt: number;
}

function place(element: HTMLElement, top: number, placed: Placed): void {
  const end = element.scrollHeight - element.clientHeight;
  placed.atEnd = top >= end;
  element.scrollTop = Math.min(top, end);
  placed.top = element.scrollTop;
}

/** So that something stands at the top, or the end of the log when that is nearer. */
function placeAt(element: HTMLElement, start: HTMLElement, placed: Placed): void {
  const away = start.getBoundingClientRect().top - element.getBoundingClientRect().top;
  place(element, element.scrollTop + away - AIR, placed);
}

/** The end of the log, unless that would push the beginning of what just came out of sight. */
function showNewest(element: HTMLElement, log: readonly Message[], unreadFrom: number, placed: Placed): void {
  const first = log.find((message) => message.seq > placed.seq && message.sender !== "taxpayer");
  if (first && Date.now() - placed.batchAt > TOGETHER) {
    placed.batch = first.seq;
    placed.batchAt = Date.now();
  }
  const mark =
    unreadFrom > 0 && unreadFrom >= placed.batch ? ".unread" : `[data-seq="${newsFrom(log, placed.batch)}"]`;
  const start = first && element.querySelector<HTMLElement>(mark);
  if (start) placeAt(element, start, placed);
  else if (placed.atEnd) place(element, Number.MAX_SAFE_INTEGER, placed);
}

function Typing({ sender }: { sender: Sender }) {
  const texts = useTexts();
  const text =
    sender === "bot"
      ? texts.log.thinking
      : texts.log.typing(sender === "expert" ? texts.speakers.expert : texts.speakers.officer);
  return (
    <p class="typing">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {text}
    </p>
  );
}

function Greeting({ text }: { text: string }) {
  return (
    <div class="message">
      <div class="bubble">
        <p>{text}</p>
      </div>
    </div>
  );
}
