import { Alert, Button, Radio } from "antd";
import { useEffect, useRef, useState } from "react";
import { texts } from "../../texts/knowledge";
import type { Conflict, Content } from "../core/contract";
import { changedFields, type Picks, resolved } from "../core/merging";
import { nameOf, whenWords } from "../core/words";

const t = texts.conflict;

interface Props {
  conflict: Conflict;
  onResolved(content: Content, baseVersion: number): void;
}

/** Two saved at once: what both changed stands side by side to be chosen, the rest is merged. */
export function ConflictPane({ conflict, onResolved }: Props) {
  const [picks, setPicks] = useState<Picks>({});
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { theirs, yours, conflicts } = conflict;
  const name = nameOf(theirs.author);
  const alone = changedFields(conflict).filter((each) => each.kind !== "conflict");
  return (
    <section className="kb-conflict" aria-labelledby="kb-conflict">
      <h3 id="kb-conflict" ref={heading} tabIndex={-1}>
        {t.title(name)}
      </h3>
      <Alert type="warning" showIcon title={t.lead(conflict.kept_as)} />
      <p>{conflicts.length > 0 ? t.conflicts(conflicts.length) : t.noConflicts}</p>
      {conflicts.map((field) => (
        <fieldset key={field} className="kb-choice">
          <legend>{texts.fields[field]}</legend>
          <Radio.Group
            aria-label={t.pick(texts.fields[field])}
            value={picks[field] ?? "yours"}
            onChange={(event) => setPicks({ ...picks, [field]: event.target.value })}
          >
            <div className="kb-sides">
              <div>
                <Radio value="theirs">{t.useTheirs}</Radio>
                <h4>{t.theirs(name, theirs.version)}</h4>
                <Value value={theirs.content[field]} />
              </div>
              <div>
                <Radio value="yours">{t.useYours}</Radio>
                <h4>{t.yours}</h4>
                <Value value={yours[field]} />
              </div>
            </div>
          </Radio.Group>
        </fieldset>
      ))}
      {alone.length > 0 && (
        <>
          <h4>{t.merged}</h4>
          <ul className="kb-merged">
            {alone.map(({ field, kind }) => (
              <li key={field}>
                <p>
                  {texts.fields[field]}
                  <span className="quiet">
                    {texts.join}
                    {t.only[kind === "theirs" ? "theirs" : "yours"]}
                  </span>
                </p>
                <Value value={conflict.merged[field]} />
              </li>
            ))}
          </ul>
        </>
      )}
      <Button type="primary" onClick={() => onResolved(resolved(conflict, picks), conflict.head_version)}>
        {t.go}
      </Button>
    </section>
  );
}

/** A field's content in words, whatever it is. */
function Value({ value }: { value: unknown }) {
  return <div className="kb-value">{wordsOf(value) || <span className="quiet">{t.empty}</span>}</div>;
}

function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(wordsOf).join("\n");
  if (typeof value !== "object") return String(value);
  const { when, ...rest } = value as Record<string, unknown>;
  const said = when && typeof when === "object" ? [whenWords(when as Record<string, unknown>)] : [];
  return [...said, ...Object.values(rest).map(wordsOf)].filter(Boolean).join("\n");
}
