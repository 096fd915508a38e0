import type { JSX } from "preact";
import { grouped, readAmount } from "../../core/amount";
import type { FlowField } from "../../core/contract";
import { Icon } from "../Icon";
import { useExtra } from "../late";
import { Checks, Radios } from "./Options";

interface Props {
  field: FlowField;
  value: unknown;
  change: (value: unknown) => void;
  id: string;
  /** The element that asks. */
  labelledBy: string;
  /** The element that says what is wrong. */
  fault: string | undefined;
}

type Attributes = JSX.IntrinsicElements["input"];

/** Of the WebViews of 2020 some know no date, and many no month: there it is typed. */
const knows = (type: "date" | "month"): boolean => {
  const input = document.createElement("input");
  input.type = type;
  input.value = "x";
  return input.type === type && input.value === "";
};
const NATIVE = { date: knows("date"), month: knows("month") };

const PLAIN: Attributes = { type: "text", autocomplete: "off", spellcheck: false };

function attributesOf(field: FlowField, words: { dateHint: string; monthHint: string }): Attributes {
  switch (field.type) {
    case "money":
      // A decimal keyboard would allow no 1.2万; on phones the digits matter more.
      return { ...PLAIN, inputmode: "decimal", maxLength: 40 };
    case "number":
      return { ...PLAIN, inputmode: "decimal", maxLength: 20 };
    case "date":
      return NATIVE.date
        ? { type: "date", min: field.min, max: field.max }
        : { ...PLAIN, inputmode: "numeric", placeholder: words.dateHint };
    case "month":
      return NATIVE.month
        ? { type: "month", min: field.min?.slice(0, 7), max: field.max?.slice(0, 7) }
        : { ...PLAIN, inputmode: "numeric", placeholder: words.monthHint };
    case "phone":
      return { type: "tel", inputmode: "tel", autocomplete: "tel", maxLength: 20 };
    case "identity_number":
    case "uscc":
      return { ...PLAIN, autocapitalize: "characters", maxLength: 24 };
    default:
      return { ...PLAIN, spellcheck: true };
  }
}

const LINE = 60;

/** The control of a field, made for its type. */
export function Control({ field, value, change, id, labelledBy, fault }: Props) {
  const { flow: words } = useExtra();
  const picked = { field, value, change, name: `${id}-pick`, labelledBy, fault };
  if (field.type === "choice" || field.type === "yes_no") return <Radios {...picked} />;
  if (field.type === "multi") return <Checks {...picked} />;
  const text = value === undefined || value === null ? "" : String(value);
  const hintId = `${id}-hint`;
  const common = {
    id: `${id}-control`,
    class: "field",
    value: text,
    "aria-labelledby": labelledBy,
    "aria-describedby": [hintId, fault].filter(Boolean).join(" "),
    "aria-invalid": fault !== undefined,
    "aria-required": field.required,
  };
  const unit = field.unit ?? (field.type === "money" ? words.yuan : undefined);
  const isLong = field.type === "text" && (field.max_length ?? 0) > LINE;
  return (
    <div class="flow-input">
      <div class="flow-input-row">
        {isLong ? (
          <textarea
            {...common}
            rows={3}
            maxLength={field.max_length}
            onInput={(event) => change(event.currentTarget.value)}
          />
        ) : (
          <input
            {...attributesOf(field, words)}
            {...(field.type === "text" && field.max_length ? { maxLength: field.max_length } : {})}
            {...common}
            onInput={(event) => change(event.currentTarget.value)}
          />
        )}
        {unit && <span class="flow-unit">{unit}</span>}
      </div>
      <p class="flow-hint-line" id={hintId}>
        {hintOf(field, text, words)}
      </p>
    </div>
  );
}

function hintOf(field: FlowField, text: string, words: ReturnType<typeof useExtra>["flow"]) {
  if (field.protected) {
    return (
      <>
        <Icon name="lock" />
        {words.protected}
      </>
    );
  }
  if (field.type !== "money") return null;
  const amount = readAmount(text);
  return amount !== undefined && amount !== text ? words.amount(grouped(amount)) : amountOf(text, words);
}

/** Long amounts are read again in groups. */
const amountOf = (text: string, words: { amount: (amount: string) => string }): string | null =>
  /^\d{5,}/.test(text) ? words.amount(grouped(text)) : null;
