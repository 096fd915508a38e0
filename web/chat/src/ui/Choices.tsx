import { type FlowOffer, givesEntry, type Message } from "../core/contract";
import { unfinished } from "../core/flow";
import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";

const NONE = "none";
const PERSON = "person";

/** Ways to pass the time in a queue; they mean nothing out of it, or once something newer was said about it. */
const isForWaiting = (id: string): boolean => id === "ask_bot" || id.startsWith("queue:");

/** The ways to go on from a message: its choices, and questions others ask. While a person serves, nobody hears them. */
export function Choices({ message }: { message: Message }) {
  const texts = useTexts();
  const { chat, state } = useChat();
  const given = chat.answerTo(message.seq);
  const waiting = state.owner.endsWith("queue");
  const served = !waiting && state.owner !== "bot";
  const overtaken = state.log.some(
    ({ seq, sender }) => seq > message.seq && sender !== "bot" && sender !== "taxpayer",
  );
  const choices = (message.choices ?? []).filter(
    ({ id }) => !isForWaiting(id) || id === given || (waiting && !overtaken),
  );
  const suggestions = message.meta?.suggestions ?? [];
  const flows = message.meta?.greeting ? state.flows : [];
  const closed = served || given !== undefined;
  return (
    <>
      {choices.length > 0 && (
        <div class="choices" role="group" aria-label={texts.choices.label}>
          {givesEntry(message) && !message.meta?.profile_field && (
            <p class="choices-why">{message.meta?.likely ? texts.choices.others : texts.choices.related}</p>
          )}
          {message.meta?.why && <p class="choices-why">{texts.choices.why(message.meta.why)}</p>}
          {choices.map(({ id, label }) => (
            <button
              type="button"
              key={id}
              class={`choice${id === NONE ? " choice-quiet" : ""}${id === given ? " choice-given" : ""}`}
              // Not `disabled`: that would throw the focus away under the finger.
              aria-disabled={closed}
              onClick={() => {
                if (!closed) chat.sendInput({ type: "choice", ref_seq: message.seq, id }, label);
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
      {flows.length > 0 && <Flows seq={message.seq} flows={flows} served={served} />}
      {suggestions.length > 0 && (
        <div class="choices" role="group" aria-label={texts.choices.suggestions}>
          <p class="choices-why">{texts.choices.suggestions}</p>
          {suggestions.map(({ label }) => (
            <button
              type="button"
              key={label}
              class="choice"
              aria-disabled={served}
              onClick={() => {
                if (!served) chat.sendText(label);
              }}
            >
              <span>{label}</span>
            </button>
          ))}
        </div>
      )}
    </>
  );
}

interface FlowsProps {
  seq: number;
  flows: readonly FlowOffer[];
  served: boolean;
}

/** The guided flows to begin with, the one that is not finished first. */
function Flows({ seq, flows, served }: FlowsProps) {
  const texts = useTexts();
  const { chat, state } = useChat();
  const run = unfinished(state.log, chat.now());
  const begun = run?.flow.flow_id;
  const choose = (id: string, label: string) => {
    if (!served) chat.sendInput({ type: "choice", ref_seq: seq, id: `flow:${id}` }, label);
  };
  return (
    <div class="choices" role="group" aria-label={texts.start.flows}>
      <p class="choices-why">{texts.start.flows}</p>
      {run && (
        <button
          type="button"
          class="choice"
          aria-disabled={served}
          onClick={() => choose(run.flow.flow_id, texts.flow.goOn(run.flow.title))}
        >
          <span>{texts.flow.goOn(run.flow.title)}</span>
          <span class="choice-mark">{texts.flow.left(run.days)}</span>
        </button>
      )}
      {flows
        .filter(({ flow_id }) => flow_id !== begun)
        .map(({ flow_id, title, minutes }) => (
          <button
            type="button"
            key={flow_id}
            class="choice"
            aria-disabled={served}
            onClick={() => choose(flow_id, title)}
          >
            <span>{title}</span>
            {minutes && <span class="choice-mark">{texts.start.minutes(minutes)}</span>}
          </button>
        ))}
    </div>
  );
}
