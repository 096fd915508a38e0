import type { ReactNode } from "react";
import { useState } from "react";
import type { Source } from "../../core/contract";
import { texts } from "../../texts/knowledge";
import { useLayout } from "../../ui/context";
import { useDocuments } from "../context";
import type { Content, LawDocument } from "../core/contract";
import { Preview } from "../Preview";
import { EditForm } from "./EditForm";
import { TextField } from "./Field";
import type { Editing } from "./useEditing";

const t = texts.edit;

/** The form with what it will look like beside it; on a phone one of the two. */
export function EditPane({ editing, head, foot }: { editing: Editing; head?: ReactNode; foot: ReactNode }) {
  const phone = useLayout() === "phone";
  const [previewed, setPreviewed] = useState(false);
  const { text, faults, checking } = editing;
  return (
    <div className="kb-two kb-editing">
      {phone && (
        <button
          type="button"
          className="kb-toggle"
          aria-pressed={previewed}
          onClick={() => setPreviewed(!previewed)}
        >
          {t.preview}
        </button>
      )}
      <form
        aria-label={t.label}
        hidden={phone && previewed}
        onSubmit={(event) => event.preventDefault()}
        autoComplete="off"
      >
        {head}
        <EditForm content={text.content} faults={faults} onChange={editing.change} />
        <TextField
          label={t.note}
          hint={t.noteHint}
          value={text.note}
          maxLength={500}
          onChange={(note) => editing.set({ note })}
        />
        <div className="kb-foot">
          <span className="quiet" role="status">
            {checking
              ? t.checking
              : faults.length > 0
                ? texts.entry.faults(faults.length)
                : texts.entry.noFaults}
          </span>
          {foot}
        </div>
      </form>
      {(!phone || previewed) && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <aside aria-label={t.preview} tabIndex={0}>
          <h3 className="kb-side-title">{texts.entry.asSeen}</h3>
          <LivePreview content={text.content} />
        </aside>
      )}
    </div>
  );
}

function LivePreview({ content }: { content: Content }) {
  const known = useDocuments(content.sources.map((each) => each.document));
  const sources = content.sources.map(({ document, provision }) =>
    sourceOf(known[document] ?? null, document, provision),
  );
  return <Preview content={content} sources={sources} />;
}

function sourceOf(known: LawDocument | null, id: string, provision: string | null): Source {
  return {
    document: known?.cite ?? id,
    number: known?.check === "L3" ? texts.unverified : null,
    article: known?.provisions.find((each) => each.id === provision)?.article ?? null,
    effective_to: known?.effective_to ?? null,
  };
}
