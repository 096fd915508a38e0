import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { texts } from "../../texts/knowledge";
import { faultsAt } from "../core/content";
import type { Case, Fault } from "../core/contract";
import { FaultList, TextField } from "./Field";
import { WhenField } from "./WhenField";

const t = texts.edit;

interface Props {
  cases: readonly Case[];
  general: boolean;
  faults: readonly Fault[];
  onChange(cases: Case[]): void;
  onGeneral(general: boolean): void;
}

/** Answers for taxpayers of whom a condition holds; the first that fits is given. */
export function CasesField({ cases, general, faults, onChange, onGeneral }: Props) {
  const set = (place: number, part: Partial<Case>) =>
    onChange(cases.map((each, index) => (index === place ? { ...each, ...part } : each)));
  return (
    <section className="kb-field" aria-label={texts.fields.cases}>
      <h3 className="kb-field-head">{texts.fields.cases}</h3>
      {cases.map((each, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a case has no other name
        <div key={place} className="kb-case">
          <div className="kb-case-head">
            <h4>{texts.caseNo(place + 1)}</h4>
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined aria-hidden="true" />}
              onClick={() => onChange(cases.filter((_, index) => index !== place))}
            >
              {t.removeCase(place + 1)}
            </Button>
          </div>
          <WhenField label={t.condition} when={each.when} onChange={(when) => set(place, { when })} />
          <FaultList faults={faultsAt(faults, `cases.${place}.when`)} />
          <TextField
            label={texts.fields.answer}
            value={each.answer}
            rows={3}
            maxLength={5000}
            count={t.letters(each.answer.length)}
            faults={faultsAt(faults, `cases.${place}.answer`)}
            onChange={(answer) => set(place, { answer })}
          />
        </div>
      ))}
      <FaultList faults={faults.filter((each) => /^(cases(\.\d+)?|general)$/.test(each.path))} />
      <Button
        icon={<PlusOutlined aria-hidden="true" />}
        onClick={() => onChange([...cases, { when: {}, answer: "" }])}
      >
        {t.addCase}
      </Button>
      {(cases.length > 0 || general) && (
        <label className="kb-check">
          <input type="checkbox" checked={general} onChange={(event) => onGeneral(event.target.checked)} />
          {t.generalFirst}
        </label>
      )}
    </section>
  );
}
