import { DeleteOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Input } from "antd";
import { useEffect, useState } from "react";
import { texts } from "../../texts/knowledge";
import { Choose } from "../Choose";
import { useDocuments, useTools } from "../context";
import { faultsAt } from "../core/content";
import type { Fault, LawDocument, SourceRef } from "../core/contract";
import { problemOf } from "../core/words";
import { FaultList } from "./Field";

const t = texts.edit;
const CALM_MS = 250;

interface Props {
  sources: readonly SourceRef[];
  faults: readonly Fault[];
  onChange(sources: SourceRef[]): void;
}

/** What an answer rests on: documents of the register, and their provisions. */
export function SourcesField({ sources, faults, onChange }: Props) {
  const known = useDocuments(sources.map((each) => each.document));
  const set = (place: number, provision: string) =>
    onChange(
      sources.map((each, index) => (index === place ? { ...each, provision: provision || null } : each)),
    );
  return (
    <section className="kb-field" aria-label={texts.fields.sources}>
      <h3 className="kb-field-head">{texts.fields.sources}</h3>
      <ol className="kb-picked">
        {sources.map((each, place) => {
          const document = known[each.document];
          const title = document?.title ?? each.document;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same document may be cited twice
            <li key={place}>
              <div className="kb-picked-head">
                <span>
                  {document === null ? t.unknownDocument(each.document) : (document?.cite ?? each.document)}
                  <DocumentMarks document={document ?? null} />
                </span>
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined aria-hidden="true" />}
                  aria-label={t.removeSource(title)}
                  onClick={() => onChange(sources.filter((_, index) => index !== place))}
                />
              </div>
              {document && document.provisions.length > 0 && (
                <Choose
                  bare
                  label={t.provision(title)}
                  value={each.provision ?? ""}
                  options={[
                    ["", t.wholeDocument],
                    ...document.provisions.map(({ id, article }): [string, string] => [id, article]),
                  ]}
                  onChange={(provision) => set(place, provision)}
                />
              )}
              <FaultList faults={faultsAt(faults, `sources.${place}`)} />
            </li>
          );
        })}
      </ol>
      <FaultList faults={faults.filter((each) => each.path === "sources")} />
      <DocumentSearch onPick={(document) => onChange([...sources, { document, provision: null }])} />
    </section>
  );
}

/** What is doubtful about a document: its number, or whether it is in force. */
function DocumentMarks({ document }: { document: LawDocument | null }) {
  if (!document) return null;
  return (
    <>
      {document.check === "L3" && <span className="mark">{texts.unverified}</span>}
      {document.status !== "in_force" && (
        <span className="mark">{t.documentStatus[document.status] ?? document.status}</span>
      )}
      {document.effective_to && (
        <span className="quiet small"> {texts.entry.validUntil(document.effective_to)}</span>
      )}
    </>
  );
}

function DocumentSearch({ onPick }: { onPick(id: string): void }) {
  const { documents } = useTools();
  const [words, setWords] = useState("");
  const [found, setFound] = useState<{ words: string; items: LawDocument[] } | null>(null);
  useEffect(() => {
    if (!words.trim()) return;
    let stale = false;
    const timer = setTimeout(() => {
      documents.search(words.trim()).then((items) => {
        if (!stale) setFound({ words, items });
      }, problemOf);
    }, CALM_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [documents, words]);
  return (
    <AutoComplete
      className="kb-source-search"
      value={words}
      onChange={(value: string) => setWords(value)}
      onSelect={(id: string) => {
        onPick(id);
        setWords("");
      }}
      options={(words.trim() ? (found?.items ?? []) : []).map((each) => ({
        value: each.id,
        label: each.cite,
      }))}
      notFoundContent={words.trim() && found?.words === words ? t.sourceNone : null}
    >
      <Input type="search" aria-label={t.sourceSearch} placeholder={t.sourceSearchHint} />
    </AutoComplete>
  );
}
