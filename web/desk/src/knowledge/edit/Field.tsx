import { Input } from "antd";
import { type ReactNode, useId } from "react";
import { texts } from "../../texts/knowledge";
import type { Fault } from "../core/contract";
import { faultWords, fieldOf } from "../core/words";

export interface Wiring {
  id: string;
  "aria-describedby": string;
  "aria-invalid": boolean;
}

interface Props {
  label: string;
  hint?: string | undefined;
  count?: string | undefined;
  faults?: readonly Fault[];
  children(wiring: Wiring): ReactNode;
}

/** A field with its name, what is to be known of it, and what the rules say against it. */
export function Field({ label, hint, count, faults = [], children }: Props) {
  const id = useId();
  return (
    <div className="kb-field">
      <div className="kb-field-head">
        <label htmlFor={id}>{label}</label>
        {count && <span className="quiet small">{count}</span>}
      </div>
      {children({ id, "aria-describedby": `${id}-about`, "aria-invalid": faults.length > 0 })}
      <div id={`${id}-about`}>
        {hint && <p className="quiet small">{hint}</p>}
        <FaultList faults={faults} />
      </div>
    </div>
  );
}

/** Faults in words; one of a line says which. */
export function FaultList({ faults, named = false }: { faults: readonly Fault[]; named?: boolean }) {
  if (faults.length === 0) return null;
  return (
    <ul className="kb-faults">
      {faults.map((fault) => (
        <li key={`${fault.path} ${fault.message}`}>{wordsOf(fault, named)}</li>
      ))}
    </ul>
  );
}

function wordsOf(fault: Fault, named: boolean): string {
  const line = /^(?:related|(?:en\.)?aliases|en\.cases)\.(\d+)$/.exec(fault.path)?.[1];
  const said = faultWords(fault);
  const words = line === undefined ? said : texts.edit.line(Number(line) + 1, said);
  return named ? [fieldOf(fault.path), words].join(texts.join) : words;
}

interface TextProps extends Omit<Props, "children"> {
  value: string;
  onChange(value: string): void;
  /** Of a text of several lines. */
  rows?: number;
  placeholder?: string;
  maxLength?: number;
  type?: string;
}

export function TextField({ value, onChange, rows, placeholder, maxLength, type, ...field }: TextProps) {
  return (
    <Field {...field}>
      {(wiring) =>
        rows ? (
          <Input.TextArea
            {...wiring}
            value={value}
            placeholder={placeholder}
            maxLength={maxLength}
            autoSize={{ minRows: rows, maxRows: 24 }}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <Input
            {...wiring}
            type={type}
            value={value}
            placeholder={placeholder}
            maxLength={maxLength}
            autoComplete="off"
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}
