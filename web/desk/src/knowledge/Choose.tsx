import { useId } from "react";

interface Props {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange(value: string): void;
  /** The label is only read aloud. */
  bare?: boolean;
  disabled?: boolean;
}

/** One of some; the browser's own list, which a phone shows in its own way. */
export function Choose({ label, value, options, onChange, bare = false, disabled }: Props) {
  const id = useId();
  return (
    <span className="kb-choose">
      <label htmlFor={id} className={bare ? "unseen" : "quiet"}>
        {label}
      </label>
      <select id={id} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)}>
        {options.map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </select>
    </span>
  );
}
