import { Form, Input } from "antd";
import { texts } from "../../texts/knowledge";
import { useTools } from "../context";
import type { DialogProps } from "../Deeds";
import { DeedDialog, NoteField } from "./DeedDialog";
import { useDeed } from "./useDeed";

const t = texts.deeds;

interface Fields {
  verify_by?: string;
  note?: string;
}

/** Notes that somebody looked, and by when somebody must look again. */
export function VerifyDialog({ entry, onClose, onDone }: DialogProps) {
  const { api } = useTools();
  const state = useDeed();
  const act = ({ verify_by, note = "" }: Fields) =>
    state.run(async () => onDone(await api.verify(entry.id, verify_by || null, note.trim()), t.done.verify));
  return (
    <DeedDialog<Fields>
      title={t.names.verify}
      lead={t.verifyLead}
      submit={t.names.verify}
      state={state}
      onClose={onClose}
      onSubmit={(fields) => void act(fields)}
    >
      <Form.Item name="verify_by" label={t.verifyBy} extra={t.verifyByHint}>
        <Input type="date" />
      </Form.Item>
      <NoteField />
    </DeedDialog>
  );
}
