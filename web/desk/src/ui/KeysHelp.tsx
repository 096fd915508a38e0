import { Modal } from "antd";
import { type Command, shown } from "../core/keys";
import { texts as t } from "../texts/keys";

const GROUPS: readonly (readonly [keyof typeof t.groups, readonly Command[]])[] = [
  ["serve", ["claim", "next", "compose", "attach", "flow", "transfer", "release", "close", "undo"]],
  ["lists", ["list_waiting", "list_mine", "list_all", "row_up", "row_down"]],
  ["view", ["side_situation", "side_robot", "side_history", "presence", "help"]],
];

/** All keys at one look. */
export function KeysHelp({ open, onClose }: { open: boolean; onClose(): void }) {
  return (
    <Modal title={t.title} open={open} onCancel={onClose} footer={null} width={720} destroyOnHidden>
      <p className="quiet">{t.lead}</p>
      <div className="keys">
        {GROUPS.map(([group, commands]) => (
          <section key={group}>
            <h2>{t.groups[group]}</h2>
            <dl>
              {group === "serve" && (
                <>
                  <Line keys={`${t.enter} / ${t.ctrlEnter}`} text={t.commands.send} />
                  <Line keys={t.shiftEnter} text={t.commands.newline} />
                  <Line keys={t.ctrlEnter} text={t.commands.submit} />
                </>
              )}
              {commands.map((command) => (
                <Line key={command} keys={shown(command)} text={t.commands[command]} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

function Line({ keys, text }: { keys: string; text: string }) {
  return (
    <div>
      <dt>
        <kbd>{keys}</kbd>
      </dt>
      <dd>{text}</dd>
    </div>
  );
}
