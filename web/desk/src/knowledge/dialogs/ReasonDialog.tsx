import { Form, Input } from "antd";
import { texts } from "../../texts/knowledge";
import { useTools } from "../context";
import type { DialogProps } from "../Deeds";
import { DeedDialog, NoteField } from "./DeedDialog";
import { useDeed } from "./useDeed";

const t = texts.deeds;

interface Fields {
  reason?: string;
  note?: string;
}

/** Sends to review, back to the editors or out of use, with the words that go along. */
export function ReasonDialog({
  entry,
  deed,
  onClose,
  onDone,
}: DialogProps & { deed: "submit" | "return" | "withdraw" }) {
  const { api } = useTools();
  const state = useDeed();
  const { id, version } = entry;
  const act = ({ reason = "", note = "" }: Fields) =>
    state.run(async () => {
      const changed =
        deed === "submit"
          ? await api.submit(id, version, note.trim())
          : deed === "return"
            ? await api.giveBack(id, version, reason.trim())
            : await api.withdraw(id, reason.trim());
      onDone(changed, t.done[deed]);
    });
  const lead = { submit: t.submitLead, return: t.returnLead, withdraw: t.withdrawLead }[deed];
  return (
    <DeedDialog<Fields>
      title={t.names[deed]}
      lead={lead}
      submit={t.names[deed]}
      danger={deed === "withdraw"}
      state={state}
      onClose={onClose}
      onSubmit={(fields) => void act(fields)}
    >
      {deed === "submit" ? (
        <NoteField />
      ) : (
        <Form.Item
          name="reason"
          label={t.reason}
          rules={[{ required: true, whitespace: true, message: t.reasonMissing }]}
        >
          <Input.TextArea
            placeholder={deed === "return" ? t.returnHint : t.withdrawHint}
            maxLength={500}
            autoSize={{ minRows: 3, maxRows: 8 }}
          />
        </Form.Item>
      )}
    </DeedDialog>
  );
}
