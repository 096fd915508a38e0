import { Form, Input, Radio } from "antd";
import { useId } from "react";
import { texts } from "../../texts/knowledge";
import { texts as answered } from "../../texts/knowledge/answered";
import { useTools } from "../context";
import { ENTRY_ID, linesOf } from "../core/content";
import type { Group } from "../core/contract";
import { topicCodeOf } from "../core/words";
import { DeedDialog, NoteField } from "./DeedDialog";
import { useDeed } from "./useDeed";

const t = answered.questions;
const OTHER = "";

export type GroupDeed = "make" | "alias" | "dismiss";

interface Fields {
  id?: string;
  topic?: string;
  /** One of the nearest, or `OTHER`. */
  entry?: string;
  other?: string;
  wordings?: string;
  note?: string;
}

interface Props {
  deed: GroupDeed;
  group: Group;
  onClose(): void;
  /** Done; with the entry that it led to. */
  onDone(entryId: string | null, said: string): void;
}

/** Makes an entry of a group of questions, adds its wordings to one, or lets it be. */
export function GroupDialog({ deed, group, onClose, onDone }: Props) {
  const { api } = useTools();
  const state = useDeed();
  const act = ({ id = "", topic = "", entry = OTHER, other = "", wordings = "", note = "" }: Fields) =>
    state.run(async () => {
      if (deed === "make") {
        await api.entryOfGroup(group.id, id.trim(), topicCodeOf(topic).trim());
        onDone(id.trim(), t.done.make);
      } else if (deed === "alias") {
        const target = entry === OTHER ? other.trim() : entry;
        const { head_version } = await api.entry(target);
        await api.aliasesOfGroup(group.id, target, linesOf(wordings), head_version);
        onDone(target, t.done.alias);
      } else {
        await api.dismissGroup(group.id, note.trim());
        onDone(null, t.done.dismiss);
      }
    });
  const initial = {
    ...(group.nearest.length === 0 && { entry: OTHER }),
    wordings: [...new Set([group.question, ...group.examples.map((each) => each.text)])].join("\n"),
  };
  return (
    <DeedDialog<Fields>
      title={t[deed]}
      lead={{ make: t.makeLead, alias: t.aliasLead, dismiss: t.dismissLead }[deed]}
      submit={t[deed]}
      state={state}
      initial={initial}
      onClose={onClose}
      onSubmit={(fields) => void act(fields)}
    >
      {deed === "make" && <MakeFields />}
      {deed === "alias" && <AliasFields group={group} />}
      {deed === "dismiss" && <NoteField />}
    </DeedDialog>
  );
}

function MakeFields() {
  const topics = useId();
  return (
    <>
      <Form.Item
        name="id"
        label={texts.edit.id}
        extra={texts.edit.idHint}
        rules={[{ required: true, pattern: ENTRY_ID, message: texts.edit.idBad }]}
      >
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="topic"
        label={texts.fields.topic}
        extra={texts.edit.topicHint}
        rules={[{ required: true, whitespace: true, message: t.topicMissing }]}
      >
        <Input list={topics} />
      </Form.Item>
      <datalist id={topics}>
        {Object.entries(texts.topics).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </datalist>
    </>
  );
}

const given = (is: boolean, otherwise: string) =>
  is ? Promise.resolve() : Promise.reject(new Error(otherwise));

function AliasFields({ group }: { group: Group }) {
  const near = group.nearest.map((each) => ({
    value: each.entry_id,
    label: [each.question, each.entry_id].join(texts.join),
  }));
  return (
    <>
      <Form.Item
        name="entry"
        label={t.entry}
        rules={[{ validator: (_, value) => given(value !== undefined, t.entryUnchosen) }]}
      >
        <Radio.Group className="kb-near" options={[...near, { value: OTHER, label: t.other }]} />
      </Form.Item>
      <Form.Item noStyle dependencies={["entry"]}>
        {({ getFieldValue }) =>
          getFieldValue("entry") === OTHER && (
            <Form.Item
              name="other"
              label={texts.edit.id}
              rules={[{ required: true, whitespace: true, message: t.entryMissing }]}
            >
              <Input autoComplete="off" />
            </Form.Item>
          )
        }
      </Form.Item>
      <Form.Item
        name="wordings"
        label={t.wordings}
        rules={[{ required: true, whitespace: true, message: t.wordingsMissing }]}
      >
        <Input.TextArea autoSize={{ minRows: 3, maxRows: 10 }} />
      </Form.Item>
    </>
  );
}
