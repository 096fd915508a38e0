import { Form, Input, Radio } from "antd";
import { clock } from "../../core/clock";
import { texts } from "../../texts/knowledge";
import { useTools } from "../context";
import { localOf, momentIn } from "../core/moment";
import { hashOf } from "../core/route";
import type { DialogProps } from "../Deeds";
import { DeedDialog, NoteField } from "./DeedDialog";
import { useDeed } from "./useDeed";

const t = texts.deeds;

interface Fields {
  when: "now" | "later";
  /** Local time in Asia/Shanghai. */
  at?: string;
  note?: string;
}

/** Signs a version and publishes it, at once or at a moment. */
export function ApproveDialog({ entry, onClose, onDone }: DialogProps) {
  const { api } = useTools();
  const state = useDeed();
  const act = ({ when, at, note = "" }: Fields) =>
    state.run(async () => {
      const moment = when === "later" && at ? momentIn(at) : null;
      const changed = await api.approve(entry.id, entry.version, moment, note.trim());
      onDone(changed, moment ? t.done.schedule : t.done.approve);
    });
  return (
    <DeedDialog<Fields>
      title={t.names.approve}
      lead={t.approveLead}
      submit={t.names.approve}
      state={state}
      initial={{ when: "now" }}
      onClose={onClose}
      onSubmit={(fields) => void act(fields)}
    >
      <p className="kb-lead">
        <a href={hashOf({ screen: "entry", id: entry.id, tab: "effect" })} onClick={onClose}>
          {t.seeEffect}
        </a>
      </p>
      <Form.Item name="when" label={t.when}>
        <Radio.Group
          name="when"
          options={[
            { value: "now", label: t.now },
            { value: "later", label: t.later },
          ]}
        />
      </Form.Item>
      <Form.Item noStyle dependencies={["when"]}>
        {({ getFieldValue }) =>
          getFieldValue("when") === "later" && (
            <Form.Item name="at" label={t.at} rules={[{ required: true, message: t.atMissing }]}>
              <Input type="datetime-local" min={localOf(clock.now())} />
            </Form.Item>
          )
        }
      </Form.Item>
      <NoteField />
    </DeedDialog>
  );
}
