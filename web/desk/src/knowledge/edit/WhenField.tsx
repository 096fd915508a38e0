import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { texts as desk } from "../../texts";
import { texts } from "../../texts/knowledge";
import { Choose } from "../Choose";
import { rowsOf, whenOf } from "../core/content";
import type { When } from "../core/contract";
import { valueWords } from "../core/words";

const t = texts.edit;
const VALUES: Readonly<Record<string, readonly string[]>> = {
  entity_type: ["company", "individual_business", "natural_person"],
  vat_status: ["small_scale", "general"],
  filing_period: ["month", "quarter"],
  credit_grade: ["A", "B", "M", "C", "D"],
};

export const PROFILE_VALUES = VALUES;

interface Props {
  label: string;
  when: When;
  onChange(when: When): void;
}

/** A condition on the taxpayer: for each field, the values that do. */
export function WhenField({ label, when, onChange }: Props) {
  const rows = rowsOf(when);
  if (!rows) return <RawWhen label={label} when={when} onChange={onChange} />;
  const free = Object.keys(VALUES).filter((field) => !rows.some(([name]) => name === field));
  const set = (field: string, values: string[]) =>
    onChange(whenOf(rows.map((row) => (row[0] === field ? [field, values] : row))));
  return (
    <fieldset className="kb-when">
      <legend>{label}</legend>
      {rows.map(([field, values]) => (
        <div key={field} className="kb-when-row">
          <span className="kb-when-name">{t.conditionValues(desk.profile.fields[field] ?? field)}</span>
          {[...new Set([...(VALUES[field] ?? []), ...values])].map((value) => (
            <label key={value}>
              <input
                type="checkbox"
                checked={values.includes(value)}
                onChange={(event) =>
                  set(
                    field,
                    event.target.checked ? [...values, value] : values.filter((each) => each !== value),
                  )
                }
              />
              {valueWords(value)}
            </label>
          ))}
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined aria-hidden="true" />}
            aria-label={t.removeCondition(desk.profile.fields[field] ?? field)}
            onClick={() => onChange(whenOf(rows.filter(([name]) => name !== field)))}
          />
        </div>
      ))}
      {free.length > 0 && (
        <span className="kb-when-add">
          <PlusOutlined aria-hidden="true" />
          <Choose
            bare
            label={t.addCondition}
            value=""
            options={[
              ["", t.addCondition],
              ...free.map((field): [string, string] => [field, desk.profile.fields[field] ?? field]),
            ]}
            onChange={(field) => field && onChange(whenOf([...rows, [field, []]]))}
          />
        </span>
      )}
    </fieldset>
  );
}

function RawWhen({ label, when, onChange }: Props) {
  const [typed, setTyped] = useState(() => JSON.stringify(when, null, 1));
  const [broken, setBroken] = useState(false);
  function take(value: string): void {
    setTyped(value);
    try {
      const parsed: unknown = JSON.parse(value);
      const fits = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
      setBroken(!fits);
      if (fits) onChange(parsed as When);
    } catch {
      setBroken(true);
    }
  }
  return (
    <fieldset className="kb-when">
      <legend>{label}</legend>
      <Input.TextArea
        aria-label={t.rawCondition}
        aria-invalid={broken}
        value={typed}
        autoSize={{ minRows: 2, maxRows: 10 }}
        onChange={(event) => take(event.target.value)}
      />
      <p className="quiet small">{broken ? t.badJson : t.rawCondition}</p>
    </fieldset>
  );
}
