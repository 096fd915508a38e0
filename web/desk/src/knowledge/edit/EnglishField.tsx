import { Button } from "antd";
import { texts } from "../../texts/knowledge";
import { faultsAt } from "../core/content";
import type { English, Fault } from "../core/contract";
import { FaultList, TextField } from "./Field";
import { LinesField } from "./LinesField";

const t = texts.edit;
const NONE: English = { question: "", aliases: [], answer: "", cases: [] };

interface Props {
  english: English | null;
  faults: readonly Fault[];
  onChange(english: English | null): void;
}

export function EnglishField({ english, faults, onChange }: Props) {
  if (!english) {
    return (
      <div className="kb-field">
        <Button onClick={() => onChange(NONE)}>{t.addEnglish}</Button>
      </div>
    );
  }
  const set = (part: Partial<English>) => onChange({ ...english, ...part });
  return (
    <section className="kb-case" aria-label={t.english}>
      <div className="kb-case-head">
        <h3>{t.english}</h3>
        <Button type="text" size="small" onClick={() => onChange(null)}>
          {t.removeEnglish}
        </Button>
      </div>
      <TextField
        label={texts.fields.question}
        value={english.question}
        maxLength={300}
        faults={faultsAt(faults, "en.question")}
        onChange={(question) => set({ question })}
      />
      <LinesField
        label={texts.fields.aliases}
        hint={t.aliasesHint}
        lines={english.aliases}
        rows={3}
        faults={faultsAt(faults, "en.aliases")}
        onChange={(aliases) => set({ aliases })}
      />
      <TextField
        label={texts.fields.answer}
        value={english.answer}
        rows={3}
        maxLength={5000}
        faults={faultsAt(faults, "en.answer")}
        onChange={(answer) => set({ answer })}
      />
      <LinesField
        label={t.englishCases}
        lines={english.cases}
        rows={2}
        faults={faultsAt(faults, "en.cases")}
        onChange={(cases) => set({ cases })}
      />
      <FaultList faults={faults.filter((each) => each.path === "en")} />
    </section>
  );
}
