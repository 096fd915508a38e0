import type { FlowField, FlowOption } from "../../core/contract";
import { Icon } from "../Icon";
import { useExtra } from "../late";

/** The value that an option stands for: of a yes or no, that. */
export const optionValue = (field: FlowField, { id }: FlowOption): unknown =>
  field.type === "yes_no" && id !== "unknown" ? id === "yes" : id;

const isChosen = (field: FlowField, option: FlowOption, value: unknown): boolean =>
  value === option.id || value === optionValue(field, option);

interface ButtonsProps {
  field: FlowField;
  value: unknown;
  press: (value: unknown) => void;
  labelledBy: string;
  busy: boolean;
}

/** Few options, a button each: one touch answers. */
export function Buttons({ field, value, press, labelledBy, busy }: ButtonsProps) {
  const { flow: words } = useExtra();
  return (
    <div class="choices" role="group" aria-labelledby={labelledBy}>
      {(field.options ?? []).map((option) => {
        const before = isChosen(field, option, value);
        return (
          <button
            type="button"
            key={option.id}
            class={before ? "choice choice-given" : "choice"}
            aria-disabled={busy}
            onClick={() => press(optionValue(field, option))}
          >
            <span>
              {option.label}
              {option.help && <span class="flow-option-help">{option.help}</span>}
            </span>
            {before && (
              <span class="choice-mark">
                <Icon name="check" />
                {words.before}
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}

interface PickProps {
  field: FlowField;
  value: unknown;
  change: (value: unknown) => void;
  name: string;
  labelledBy: string;
  fault: string | undefined;
}

/** One of many. */
export function Radios({ field, value, change, name, labelledBy, fault }: PickProps) {
  return (
    <div
      class="flow-options"
      role="radiogroup"
      aria-labelledby={labelledBy}
      aria-describedby={fault}
      aria-invalid={fault !== undefined}
      aria-required={field.required}
    >
      {(field.options ?? []).map((option) => {
        const chosen = isChosen(field, option, value);
        return (
          <label key={option.id} class={chosen ? "grade grade-chosen" : "grade"}>
            <input
              type="radio"
              name={name}
              checked={chosen}
              onChange={() => change(optionValue(field, option))}
            />
            <Label option={option} />
          </label>
        );
      })}
    </div>
  );
}

/** Several of many. */
export function Checks({ field, value, change, labelledBy, fault }: PickProps) {
  const { flow: words } = useExtra();
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  return (
    <div class="flow-options" role="group" aria-labelledby={labelledBy} aria-describedby={fault}>
      <p class="choices-why">{words.chooseSome}</p>
      {(field.options ?? []).map((option) => {
        const on = chosen.includes(option.id);
        const toggled = on ? chosen.filter((id) => id !== option.id) : chosen.concat(option.id);
        return (
          <label key={option.id} class={on ? "grade grade-chosen" : "grade"}>
            <input type="checkbox" checked={on} onChange={() => change(toggled)} />
            <Label option={option} />
          </label>
        );
      })}
    </div>
  );
}

function Label({ option }: { option: FlowOption }) {
  return (
    <span>
      {option.label}
      {option.help && <span class="flow-option-help">{option.help}</span>}
    </span>
  );
}
