import { Button } from "antd";
import { useCallback, useState } from "react";
import type { Problem } from "../core/api";
import { texts } from "../texts/knowledge";
import { useDesk } from "../ui/context";
import { useTools } from "./context";
import { EMPTY, ENTRY_ID } from "./core/content";
import { hashOf } from "./core/route";
import { NEW, type Unsaved } from "./core/unsaved";
import { problemOf } from "./core/words";
import { EditPane } from "./edit/EditPane";
import { TextField } from "./edit/Field";
import { useEditing } from "./edit/useEditing";
import { useGuard } from "./edit/useGuard";
import { ProblemNote } from "./Parts";

const t = texts.edit;
const START: Unsaved = { content: EMPTY, base_version: 0, note: "", id: "" };

/** Begins an entry as a draft. */
export function NewEntry() {
  const desk = useDesk();
  const { api, unsaved } = useTools();
  const editing = useEditing(NEW, START);
  const { text, dirty, reset, set } = editing;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [bad, setBad] = useState(false);
  const letGo = useCallback(() => {
    reset(START);
    unsaved.write(NEW, null);
  }, [reset, unsaved]);
  useGuard(dirty, letGo);

  async function create(): Promise<void> {
    const id = text.id?.trim() ?? "";
    setBad(!ENTRY_ID.test(id));
    if (!ENTRY_ID.test(id)) {
      document.querySelector<HTMLInputElement>(".kb-new-id input")?.focus();
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await api.create(id, text.content, text.note.trim());
      letGo();
      desk.place.move(hashOf({ screen: "entry", id, tab: "read" }));
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="kb-entry">
      <header className="kb-entry-head">
        <h2>{t.newTitle}</h2>
      </header>
      <EditPane
        editing={editing}
        head={
          <div className="kb-new-id">
            <TextField
              label={t.id}
              hint={t.idHint}
              value={text.id ?? ""}
              maxLength={80}
              faults={bad ? [{ field: "id", path: "id", message: t.idBad }] : []}
              onChange={(id) => set({ id })}
            />
          </div>
        }
        foot={
          <>
            <ProblemNote problem={problem} />
            {dirty && <Button onClick={letGo}>{t.discardText}</Button>}
            <Button type="primary" loading={busy} onClick={() => void create()}>
              {t.create}
            </Button>
          </>
        }
      />
    </div>
  );
}
