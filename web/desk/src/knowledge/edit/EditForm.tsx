import { Input } from "antd";
import { useId } from "react";
import { texts } from "../../texts/knowledge";
import { Choose } from "../Choose";
import { faultsAt, otherFaults } from "../core/content";
import type { Content, Fault } from "../core/contract";
import { CHECKS, KINDS } from "../core/filter";
import { topicCodeOf } from "../core/words";
import { CasesField } from "./CasesField";
import { EnglishField } from "./EnglishField";
import { FaultList, Field, TextField } from "./Field";
import { LinesField } from "./LinesField";
import { SourcesField } from "./SourcesField";
import { WhenField } from "./WhenField";

const t = texts.edit;
const f = texts.fields;

interface Props {
  content: Content;
  faults: readonly Fault[];
  onChange(part: Partial<Content>): void;
}

/** All fields of an entry, the words first, then the basis, then for whom and when it holds. */
export function EditForm({ content, faults, onChange }: Props) {
  const at = (path: string) => faultsAt(faults, path);
  return (
    <>
      <FaultList faults={otherFaults(faults)} named />
      <TextField
        label={f.question}
        value={content.question}
        rows={1}
        maxLength={300}
        faults={at("question")}
        onChange={(question) => onChange({ question: question.replace(/\s*\n\s*/g, " ") })}
      />
      <TextField
        label={f.answer}
        hint={t.answerHint}
        count={t.letters(content.answer.length)}
        value={content.answer}
        rows={5}
        maxLength={5000}
        faults={at("answer")}
        onChange={(answer) => onChange({ answer })}
      />
      <CasesField
        cases={content.cases}
        general={content.general}
        faults={[...at("cases"), ...at("general")]}
        onChange={(cases) => onChange({ cases })}
        onGeneral={(general) => onChange({ general })}
      />
      <LinesField
        label={f.aliases}
        hint={t.aliasesHint}
        count={t.aliasCount(content.aliases.length)}
        lines={content.aliases}
        rows={6}
        faults={at("aliases")}
        onChange={(aliases) => onChange({ aliases })}
      />
      <SourcesField
        sources={content.sources}
        faults={at("sources")}
        onChange={(sources) => onChange({ sources })}
      />
      <Scope content={content} faults={faults} onChange={onChange} />
      <EnglishField english={content.en} faults={at("en")} onChange={(en) => onChange({ en })} />
    </>
  );
}

/** For whom, where and when it holds, and what stands around it. */
function Scope({ content, faults, onChange }: Props) {
  const topics = useId();
  const at = (path: string) => faultsAt(faults, path);
  return (
    <div className="kb-scope">
      <Field label={f.topic} hint={texts.topics[content.topic] ?? t.topicHint} faults={at("topic")}>
        {(wiring) => (
          <>
            <Input
              {...wiring}
              list={topics}
              value={content.topic}
              onChange={(event) => onChange({ topic: topicCodeOf(event.target.value) })}
            />
            <datalist id={topics}>
              {Object.entries(texts.topics).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      <div className="kb-field">
        <Choose
          label={f.kind}
          value={content.kind}
          options={KINDS.map((each) => [each, texts.kinds[each]])}
          onChange={(kind) => onChange({ kind: KINDS.find((each) => each === kind) ?? "policy" })}
        />
        <FaultList faults={at("kind")} />
        <Choose
          label={f.check}
          value={content.check}
          options={CHECKS.map((each) => [each, texts.checks[each]])}
          onChange={(check) => onChange({ check: CHECKS.find((each) => each === check) ?? "L3" })}
        />
        <FaultList faults={at("check")} />
      </div>
      <div className="kb-field">
        <Choose
          label={f.visibility}
          value={content.visibility}
          options={[
            ["public", texts.entry.visibility.public],
            ["staff", texts.entry.visibility.staff],
          ]}
          onChange={(visibility) => onChange({ visibility: visibility === "staff" ? "staff" : "public" })}
        />
      </div>
      {(content.kind !== "policy" || content.checked_on) && (
        <TextField
          label={f.checked_on}
          type="date"
          value={content.checked_on ?? ""}
          faults={at("checked_on")}
          onChange={(date) => onChange({ checked_on: date || null })}
        />
      )}
      <TextField
        label={f.valid_from}
        type="date"
        value={content.valid_from ?? ""}
        faults={at("valid_from")}
        onChange={(date) => onChange({ valid_from: date || null })}
      />
      <TextField
        label={f.valid_to}
        type="date"
        value={content.valid_to ?? ""}
        faults={at("valid_to")}
        onChange={(date) => onChange({ valid_to: date || null })}
      />
      <TextField
        label={f.region}
        hint={t.regionHint}
        value={content.region ?? ""}
        faults={at("region")}
        onChange={(region) => onChange({ region: region || null })}
      />
      <TextField
        label={f.flow}
        hint={t.flowHint}
        value={content.flow ?? ""}
        faults={at("flow")}
        onChange={(flow) => onChange({ flow: flow || null })}
      />
      <LinesField
        label={f.related}
        hint={t.relatedHint}
        lines={content.related}
        rows={2}
        faults={at("related")}
        onChange={(related) => onChange({ related })}
      />
      <div className="kb-field">
        <WhenField
          label={t.audience}
          when={content.audience ?? {}}
          onChange={(when) => onChange({ audience: Object.keys(when).length ? when : null })}
        />
        <FaultList faults={at("audience")} />
      </div>
    </div>
  );
}
