import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Flow, FlowAction, Message } from "../../core/contract";
import { dropOthers } from "../../core/drafts";
import { type FlowPlace, notTaken, onItsWay } from "../../core/flow";
import { tabStore } from "../../core/storage";
import css from "../../styles/flow.css?inline";
import address from "../../styles/flow.css?url";
import { enterFlow, isInFlow, leaveFlow } from "../attention";
import { useChat, useTexts } from "../context";
import { Icon, type IconName } from "../Icon";
import { useExtra } from "../late";
import { Sources } from "../Sources";
import { Words } from "../Words";
import { wear } from "../wear";
import { Hints } from "./Hints";
import { Result } from "./Result";
import { StepForm } from "./StepForm";
import { Summary } from "./Summary";

interface Props {
  message: Message;
  flow: Flow;
  place: FlowPlace;
}

/** A word of a guided flow: where it stands now, or what of it is past. */
export function FlowCard({ message, flow, place }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (box.current) wear(box.current, css, new URL(address, import.meta.url).href);
  }, []);
  return (
    <div class="flow-box" ref={box}>
      {place.as === "answered" ? (
        <Answered flow={flow} answer={place.answer} change={place.change} />
      ) : place.as === "left" ? (
        <Left flow={flow} resume={place.resume} />
      ) : (
        <Present message={message} flow={flow} />
      )}
    </div>
  );
}

/** A step that is done: question and answer in one line. */
function Answered({ flow, answer, change }: { flow: Flow; answer: string | undefined; change: boolean }) {
  const { flow: words } = useExtra();
  const act = useAct(flow);
  const label = flow.fields[0]?.label ?? flow.title;
  return (
    <div class="flow-line">
      <p class="flow-line-text">
        <Icon name="check" />
        <span class="flow-line-label">{answer === undefined ? label : words.answered(label, "")}</span>
        {answer !== undefined && <span class="flow-line-answer">{answer}</span>}
      </p>
      {change && (
        <button
          type="button"
          class="button button-small button-plain flow-change"
          aria-label={words.changeOf(label)}
          onClick={() => act("change", flow.step)}
        >
          {words.change}
        </button>
      )}
    </div>
  );
}

/** The last word of a run that another one stands before. */
function Left({ flow, resume }: { flow: Flow; resume: boolean }) {
  const { flow: words } = useExtra();
  const act = useAct(flow);
  return (
    <div class="flow-line">
      <p class="flow-line-text">
        <Icon name={resume ? "clock" : "close"} />
        <span>{words.left(flow.title, words.states[flow.state])}</span>
      </p>
      {resume && (
        <button type="button" class="button button-small" onClick={() => act("resume")}>
          {words.resume}
        </button>
      )}
    </div>
  );
}

/** Where a run is. */
function Present({ message, flow }: { message: Message; flow: Flow }) {
  const texts = useTexts();
  const { flow: words } = useExtra();
  const { state } = useChat();
  const question = useRef<HTMLHeadingElement>(null);
  const field = flow.fields[0];
  const underWay = onItsWay(state.unsent, flow.run_id);
  const refused = notTaken(state.unsent, flow.run_id);
  useEffect(() => {
    if (field) dropOthers(tabStore, flow.run_id, field.key);
    // Whoever filled in the step before goes on in this one.
    if (isInFlow()) question.current?.focus({ preventScroll: true });
  }, []);
  const { step, of } = flow.progress;
  const sources = message.sources ?? [];
  const asks = field !== undefined && flow.state === "active";
  const id = `flow-${message.seq}`;
  return (
    <section
      class="flow"
      aria-labelledby={`${id}-question`}
      aria-busy={underWay !== undefined}
      onFocusIn={enterFlow}
      onFocusOut={leaveFlow}
    >
      <div class="flow-top">
        <span class="flow-title">{flow.title}</span>
        {of > 0 && (asks || flow.step !== "result") && (
          <span class="flow-place">{words.place(step, of)}</span>
        )}
        {asks && of > 0 && (
          <span class="flow-bar" aria-hidden="true">
            <span style={{ width: `${Math.round((100 * step) / of)}%` }} />
          </span>
        )}
      </div>
      {flow.notes?.map((note) => (
        <div class="flow-note" key={note}>
          <Words text={note} />
        </div>
      ))}
      {flow.result ? (
        <Result message={message} flow={flow} result={flow.result} id={id} heading={question} />
      ) : (
        <>
          <h2 class="flow-question" id={`${id}-question`} tabIndex={-1} ref={question}>
            {flow.prompt ?? field?.label ?? message.text}
          </h2>
          {field && <Hints field={field} />}
          {flow.step === "summary" && flow.summary && <Summary flow={flow} lines={flow.summary} />}
          {asks && <StepForm flow={flow} field={field} id={id} busy={underWay !== undefined} />}
        </>
      )}
      {sources.length > 0 && (
        <div class="flow-sources">
          <Sources sources={sources} />
        </div>
      )}
      <p class="flow-fate" role="status">
        {underWay && (underWay.state === "waiting" ? words.waiting : words.sending)}
      </p>
      {refused && (
        <p class="flow-fault" role="alert">
          <Icon name="alert" />
          {words.refused} {texts.sending.reasons[refused.problem?.code ?? ""]}
        </p>
      )}
      <Actions flow={flow} main={!asks && !flow.result} />
    </section>
  );
}

const ICONS: Partial<Record<FlowAction, IconName>> = { back: "back" };

/** What else one can do; `main` where there is nothing else to press. */
function Actions({ flow, main }: { flow: Flow; main: boolean }) {
  const { state } = useChat();
  const act = useAct(flow);
  // What the folds say needs no message, and a person who is here or on the way is not called again.
  const shown = flow.actions.filter(
    ({ id }) => id !== "explain" && !(id === "person" && state.owner !== "bot"),
  );
  if (shown.length === 0) return null;
  // Where a hurried touch lands, nothing is lost.
  if (main) shown.sort((a, b) => Number(a.id === "cancel") - Number(b.id === "cancel"));
  return (
    <div class={main ? "flow-actions flow-actions-main" : "flow-actions"}>
      {shown.map(({ id, label }, index) => {
        const icon = ICONS[id];
        return (
          <button
            type="button"
            key={id}
            class={main && index === 0 ? "button button-main" : "button"}
            onClick={() => act(id)}
          >
            {icon && !main && <Icon name={icon} />}
            {label}
          </button>
        );
      })}
    </div>
  );
}

/** Sends an action of a run, once at a time. */
export function useAct(flow: Flow): (action: FlowAction, step?: string) => void {
  const { chat } = useChat();
  return (action, step) => {
    const refused = notTaken(chat.state.unsent, flow.run_id);
    if (refused) chat.discard(refused.id);
    if (onItsWay(chat.state.unsent, flow.run_id)) return;
    const input = { type: "flow_action", run_id: flow.run_id, action } as const;
    chat.sendInput(step === undefined ? input : { ...input, step }, null);
  };
}
