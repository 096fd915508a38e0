import { Form, Input } from "antd";
import { useId } from "react";
import { texts } from "../../texts/knowledge";
import { useTools } from "../context";
import { ENTRY_ID, linesOf } from "../core/content";
import type { Group } from "../core/contract";
import { DeedDialog, NoteField } from "./DeedDialog";
import { useDeed } from "./useDeed";

const t = texts.questions;

export type GroupDeed = "make" | "alias" | "dismiss";

interface Fields {
  id?: string;
  topic?: string;
  entry?: string;
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
  const act = ({ id = "", topic = "", entry = "", wordings = "", note = "" }: Fields) =>
    state.run(async () => {
      if (deed === "make") {
        await api.entryOfGroup(group.id, id.trim(), topic.trim());
        onDone(id.trim(), t.done.make);
      } else if (deed === "alias") {
        const { head_version } = await api.entry(entry.trim());
        await api.aliasesOfGroup(group.id, entry.trim(), linesOf(wordings), head_version);
        onDone(entry.trim(), t.done.alias);
      } else {
        await api.dismissGroup(group.id, note.trim());
        onDone(null, t.done.dismiss);
      }
    });
  const initial = {
    entry: group.nearest[0]?.entry_id ?? "",
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

function AliasFields({ group }: { group: Group }) {
  const near = useId();
  return (
    <>
      <Form.Item
        name="entry"
        label={t.entry}
        extra={t.entryHint}
        rules={[{ required: true, whitespace: true, message: t.entryMissing }]}
      >
        <Input list={near} />
      </Form.Item>
      <datalist id={near}>
        {group.nearest.map((each) => (
          <option key={each.entry_id} value={each.entry_id}>
            {each.question}
          </option>
        ))}
      </datalist>
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
