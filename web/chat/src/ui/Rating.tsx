import { useState } from "preact/hooks";
import type { Message } from "../core/contract";
import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";

const LONGEST_COMMENT = 500;

/** The five grades of satisfaction with a consultation, and a word if one wants. */
export function Rating({ message }: { message: Message }) {
  const texts = useTexts();
  const { chat } = useChat();
  const [score, setScore] = useState(0);
  const [comment, setComment] = useState("");
  const { rating: words } = texts;
  const consultation = message.meta?.consultation_id ?? message.consultation_id;
  if (!consultation) return <p class="system">{message.text}</p>;
  const given = chat.ratingOf(consultation);
  if (given !== undefined) {
    return (
      <div class="message" data-seq={message.seq}>
        <div class="card card-answered">
          <p class="card-answer" role="status">
            <Icon name="check" />
            {words.done(words.scores[given - 1] ?? "")}
          </p>
        </div>
      </div>
    );
  }
  const submit = (event: Event) => {
    event.preventDefault();
    if (score === 0) return;
    const said = comment.trim();
    const input = { type: "rating", consultation_id: consultation, score } as const;
    chat.sendInput(said ? { ...input, comment: said } : input, null);
  };
  return (
    <form class="message" data-seq={message.seq} onSubmit={submit}>
      <div class="card">
        <fieldset class="rating">
          <legend class="rating-title">{message.text || words.title}</legend>
          {words.scores
            .map((label, index) => ({ label, value: index + 1 }))
            .reverse()
            .map(({ label, value }) => (
              <label key={value} class={score === value ? "grade grade-chosen" : "grade"}>
                <input
                  type="radio"
                  name={`rating-${message.seq}`}
                  value={value}
                  checked={score === value}
                  onChange={() => setScore(value)}
                />
                {label}
              </label>
            ))}
        </fieldset>
        {score > 0 && (
          <label class="rating-comment">
            {words.comment}
            <textarea
              class="field"
              rows={2}
              maxLength={LONGEST_COMMENT}
              value={comment}
              onInput={(event) => setComment(event.currentTarget.value)}
            />
          </label>
        )}
        <button type="submit" class="button button-wide button-main" aria-disabled={score === 0}>
          {score === 0 ? words.choose : words.submit}
        </button>
      </div>
    </form>
  );
}
