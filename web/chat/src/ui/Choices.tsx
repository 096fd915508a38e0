import type { Message } from "../core/contract";
import { texts } from "../texts/zh-Hans";
import { useChat } from "./context";
import { Icon } from "./Icon";

const NONE = "none";
const PERSON = "person";

/** The ways to go on from a message: its choices, and questions others ask. */
export function Choices({ message }: { message: Message }) {
  const { chat } = useChat();
  const choices = message.choices ?? [];
  const suggestions = message.meta?.suggestions ?? [];
  const given = chat.answerTo(message.seq);
  const answered = given !== undefined;
  return (
    <>
      {choices.length > 0 && (
        <div class="choices" role="group" aria-label={texts.choices.label}>
          {message.kind === "answer" && <p class="choices-why">{texts.choices.related}</p>}
          {message.meta?.why && <p class="choices-why">{texts.choices.why(message.meta.why)}</p>}
          {choices.map(({ id, label }) => (
            <button
              type="button"
              key={id}
              class={`choice${id === NONE ? " choice-quiet" : ""}${id === given ? " choice-given" : ""}`}
              // Not `disabled`: that would throw the focus away under the finger.
              aria-disabled={answered}
              onClick={() => {
                if (!answered) chat.sendInput({ type: "choice", ref_seq: message.seq, id }, label);
              }}
            >
              {id === PERSON && <Icon name="person" />}
              <span>{label}</span>
              {id === given && (
                <span class="choice-mark">
                  <Icon name="check" />
                  {texts.choices.chosen}
                </span>
              )}
            </button>
          ))}
        </div>
      )}
      {suggestions.length > 0 && (
        <div class="choices" role="group" aria-label={texts.choices.suggestions}>
          <p class="choices-why">{texts.choices.suggestions}</p>
          {suggestions.map(({ label }) => (
            <button type="button" key={label} class="choice" onClick={() => chat.sendText(label)}>
              <span>{label}</span>
            </button>
          ))}
        </div>
      )}
    </>
  );
}
