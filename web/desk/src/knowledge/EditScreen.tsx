import { Alert, Button } from "antd";
import { useCallback, useEffect, useState } from "react";
import type { Problem } from "../core/api";
import { texts } from "../texts/knowledge";
import { useDesk } from "../ui/context";
import { useTools } from "./context";
import type { Conflict, Content, Entry } from "./core/contract";
import type { Unsaved } from "./core/unsaved";
import { problemOf } from "./core/words";
import { ConflictPane } from "./edit/ConflictPane";
import { EditPane } from "./edit/EditPane";
import { useEditing } from "./edit/useEditing";
import { useGuard } from "./edit/useGuard";
import { ProblemNote } from "./Parts";

const t = texts.edit;

interface Props {
  entry: Entry;
  onSaved(entry: Entry): void;
  onDirty(dirty: boolean): void;
}

/** Edits an entry; when somebody saved meanwhile, both texts come together here and nothing is lost. */
export function EditScreen({ entry, onSaved, onDirty }: Props) {
  const desk = useDesk();
  const { api } = useTools();
  const editing = useEditing(entry.id, startOf(entry));
  const { text, dirty, restored, reset, set } = editing;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const letGo = useCallback(() => reset(startOf(entry)), [reset, entry]);
  const drop = useDrop(entry.id, letGo);
  useGuard(dirty, drop);
  useEffect(() => onDirty(dirty), [dirty, onDirty]);
  useEffect(() => {
    if (!dirty && text.base_version !== entry.version) letGo();
  }, [dirty, text.base_version, entry.version, letGo]);

  async function save(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      const saved = await api.save(entry.id, text.content, text.base_version, text.note.trim());
      reset(startOf(saved));
      onSaved(saved);
      desk.toast(t.saved(saved.version));
    } catch (error) {
      const refused = problemOf(error);
      if (refused.code === "entry_changed" && "merged" in refused.body) {
        setConflict(refused.body as unknown as Conflict);
      } else setProblem(refused);
    } finally {
      setBusy(false);
    }
  }

  function goOn(content: Content, base_version: number): void {
    set({ content, base_version });
    setConflict(null);
  }

  if (entry.work === "scheduled") return <Alert type="info" showIcon title={t.scheduled} />;
  if (conflict) return <ConflictPane conflict={conflict} onResolved={goOn} />;
  return (
    <>
      {restored && dirty && <Alert type="info" showIcon className="kb-alert" title={t.restored} />}
      {dirty && text.base_version < entry.head_version && (
        <Alert type="warning" showIcon className="kb-alert" title={t.stale(text.base_version)} />
      )}
      <EditPane
        editing={editing}
        foot={
          <>
            <ProblemNote problem={problem} />
            {dirty && <Button onClick={letGo}>{t.discardText}</Button>}
            <Button type="primary" loading={busy} disabled={!dirty} onClick={() => void save()}>
              {t.save}
            </Button>
          </>
        }
      />
    </>
  );
}

/** Lets go of unsaved text for good, also where the screen goes away in the same moment. */
function useDrop(entryId: string, letGo: () => void): () => void {
  const { unsaved } = useTools();
  return useCallback(() => {
    letGo();
    unsaved.write(entryId, null);
  }, [unsaved, entryId, letGo]);
}

function startOf(entry: Entry): Unsaved {
  return { content: entry.content, base_version: entry.version, note: "" };
}
