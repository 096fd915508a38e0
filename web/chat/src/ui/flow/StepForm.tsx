import { useRef, useState } from "preact/hooks";
import { readAmount, readDay } from "../../core/amount";
import type { Flow, FlowField } from "../../core/contract";
import { draftOf, keepDraft } from "../../core/drafts";
import { notTaken, onItsWay } from "../../core/flow";
import { tabStore } from "../../core/storage";
import { useChat } from "../context";
import { Icon } from "../Icon";
import { useExtra } from "../late";
import { Control } from "./Control";
import { Buttons } from "./Options";
import { Rows } from "./Rows";
import { isEmpty, withoutProtected } from "./values";

/** More options than so many are a list to choose from, not buttons. */
const BUTTONS = 5;

interface Props {
  flow: Flow;
  field: FlowField;
  id: string;
  busy: boolean;
}

/** The one control of a step, and the way on. */
export function StepForm({ flow, field, id, busy }: Props) {
  const { flow: words } = useExtra();
  const { chat } = useChat();
  const form = useRef<HTMLFormElement>(null);
  const [value, setValue] = useState<unknown>(
    () => draftOf(tabStore, flow.run_id, field.key) ?? field.value ?? undefined,
  );
  const [slip, setSlip] = useState("");
  const fault = slip || flow.fault || "";
  const faultId = `${id}-fault`;

  const change = (next: unknown) => {
    setSlip("");
    setValue(next);
    keepDraft(tabStore, flow.run_id, field.key, next, withoutProtected(field, next));
  };
  const send = (given: unknown) => {
    const refused = notTaken(chat.state.unsent, flow.run_id);
    if (refused) chat.discard(refused.id);
    if (onItsWay(chat.state.unsent, flow.run_id)) return;
    const amount = field.type === "money" && typeof given === "string" ? readAmount(given) : undefined;
    // An amount in Chinese numerals is read by the server, as words are.
    if (
      field.type === "money" &&
      typeof given === "string" &&
      amount === undefined &&
      chat.state.owner === "bot"
    )
      chat.sendText(given.trim());
    else
      chat.sendInput(
        { type: "flow_field", run_id: flow.run_id, field: field.key, value: amount ?? given },
        null,
      );
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (isEmpty(value)) {
      setSlip(field.type === "choice" || field.type === "multi" ? words.choose : words.fill);
      form.current?.querySelector<HTMLElement>("input, textarea")?.focus();
      return;
    }
    const isDay = field.type === "date" || field.type === "month";
    send(isDay ? readDay(String(value), field.type as "date" | "month") : value);
  };
  const press = (given: unknown) => {
    if (busy) return;
    keepDraft(tabStore, flow.run_id, field.key, given, given);
    send(given);
  };

  const asButtons =
    field.type === "yes_no" || (field.type === "choice" && (field.options ?? []).length <= BUTTONS);
  const alert = (
    <p class="flow-fault" id={faultId} role="alert">
      {fault && (
        <>
          <Icon name="alert" />
          {fault}
        </>
      )}
    </p>
  );
  const skip = !field.required && (
    <button type="button" class="button button-wide" aria-disabled={busy} onClick={() => press(null)}>
      {field.type === "list" || field.type === "multi" ? words.none : words.skip}
    </button>
  );
  if (asButtons) {
    return (
      <div class="flow-form">
        {alert}
        <Buttons field={field} value={value} press={press} labelledBy={`${id}-question`} busy={busy} />
        {skip}
      </div>
    );
  }
  if (field.type === "confirm") {
    return (
      <div class="flow-form">
        {alert}
        <button
          type="button"
          class="button button-wide button-main"
          aria-disabled={busy}
          onClick={() => press(true)}
        >
          {field.label}
        </button>
      </div>
    );
  }
  if (field.type === "list") {
    return (
      <div class="flow-form">
        {alert}
        <Rows
          field={field}
          rows={Array.isArray(value) ? value : []}
          change={change}
          done={(rows) => !busy && send(rows)}
          id={id}
          busy={busy}
          faultRow={flow.fault_row}
        />
        {skip}
      </div>
    );
  }
  return (
    <form class="flow-form" ref={form} onSubmit={submit} noValidate>
      <Control
        field={field}
        value={value}
        change={change}
        id={id}
        labelledBy={`${id}-question`}
        fault={fault ? faultId : undefined}
      />
      {alert}
      <button type="submit" class="button button-wide button-main" aria-disabled={busy || isEmpty(value)}>
        {field.type === "multi" && Array.isArray(value) && value.length > 0
          ? words.chosen(value.length)
          : words.next}
      </button>
      {skip}
    </form>
  );
}
