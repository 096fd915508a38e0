import { texts } from "../../texts/knowledge";
import { useTools } from "../context";
import type { DialogProps } from "../Deeds";
import { DeedDialog } from "./DeedDialog";
import { useDeed } from "./useDeed";

const t = texts.deeds;

/** Lets go of the open work. */
export function DiscardDialog({ entry, onClose, onDone }: DialogProps) {
  const { api, unsaved } = useTools();
  const state = useDeed();
  const act = () =>
    state.run(async () => {
      await api.discard(entry.id, entry.version);
      unsaved.write(entry.id, null);
      onDone(null, t.done.discard);
    });
  return (
    <DeedDialog
      title={t.names.discard}
      lead={entry.live_version === null ? t.discardNew : t.discardLead}
      submit={t.names.discard}
      danger
      state={state}
      onClose={onClose}
      onSubmit={() => void act()}
    />
  );
}
