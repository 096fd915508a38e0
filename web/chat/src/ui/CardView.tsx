import { useEffect, useRef, useState } from "preact/hooks";
import type { Card, Message } from "../core/contract";
import { dateLabel, dueOf } from "../core/format";
import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";
import { Words } from "./Words";

/** A pushed card: what, by when, why, and the ways to answer it. Answered, it goes quiet. */
export function CardView({ message, card }: { message: Message; card: Card }) {
  const texts = useTexts();
  const { chat } = useChat();
  const { card: words } = texts;
  const given = chat.answerTo(message.seq);
  const chosen = card.actions?.find((action) => action.id === given)?.label ?? given;
  const due = card.due ? dueOf(texts, card.due, chat.now()) : undefined;
  const answer = useRef<HTMLParagraphElement>(null);
  const pressed = useRef(false);
  useEffect(() => {
    // The button under the finger is gone: the focus goes to what took its place.
    if (given !== undefined && pressed.current) answer.current?.focus();
  }, [given]);
  return (
    <div class={given === undefined ? "card" : "card card-answered"}>
      <div class="card-top">
        <span class="card-kind">{words.kinds[message.kind] ?? words.kinds.reminder}</span>
        {due && (
          <span class="card-due">
            {due.date}
            {given === undefined && <strong class={`left left-${due.urgency}`}>{due.left}</strong>}
          </span>
        )}
      </div>
      <Words class="card-text" text={message.text} />
      {given === undefined ? (
        <div class="card-actions">
          {card.actions?.map(({ id, label }, index) => (
            <button
              type="button"
              key={id}
              class={index === 0 ? "button button-wide button-main" : "button button-wide"}
              onClick={() => {
                pressed.current = true;
                chat.sendInput({ type: "card", ref_seq: message.seq, action: id }, label);
              }}
            >
              {label}
            </button>
          ))}
        </div>
      ) : (
        <p class="card-answer" tabIndex={-1} ref={answer}>
          <Icon name="check" />
          {words.answered(chosen ?? "")}
        </p>
      )}
      {card.why && <Why why={card.why} asOf={card.data_as_of} now={chat.now()} />}
      <p class="card-note">{words.notService}</p>
    </div>
  );
}

function Why({ why, asOf, now }: { why: string; asOf: string | null | undefined; now: number }) {
  const texts = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <div class="card-why">
      <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        {texts.card.why}
        <Icon name="down" />
      </button>
      {open && (
        <div class="card-reason">
          <Words text={why} />
          {asOf && <p class="card-note">{texts.card.asOf(dateLabel(texts, asOf, now))}</p>}
        </div>
      )}
    </div>
  );
}
