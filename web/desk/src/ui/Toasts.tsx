import { CloseOutlined, UndoOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { shown } from "../core/keys";
import type { Leaving } from "../core/state";
import { texts } from "../texts";
import { useDesk, useDeskState, useNow } from "./context";

const t = texts.toasts;

/** What was done or refused; what can still be taken back elsewhere: the open consultation says its own. */
export function Toasts() {
  const desk = useDesk();
  const { toasts, leaving, selected } = useDeskState();
  const now = useNow(250);
  return (
    <section className="toasts" aria-label={t.label}>
      <div role="status">
        {leaving
          .filter(({ what }) => what.consultation_id !== selected)
          .map(({ id, what, due }) => (
            <div key={id} className="toast">
              <span>{wordsOfLeaving(what)}</span>
              <Countdown due={due} now={now} />
              <UndoButton id={id} />
            </div>
          ))}
        {toasts
          .filter((each) => !each.problem)
          .map((each) => (
            <div key={each.id} className="toast">
              {each.text}
            </div>
          ))}
      </div>
      <div role="alert">
        {toasts
          .filter((each) => each.problem)
          .map((each) => (
            <div key={each.id} className="toast toast-problem">
              <span>{each.text}</span>
              <Button
                size="small"
                icon={<CloseOutlined aria-hidden="true" />}
                onClick={() => desk.dismiss(each.id)}
              >
                {t.dismiss}
              </Button>
            </div>
          ))}
      </div>
    </section>
  );
}

/** Seconds that are left; not read aloud, they change too often. */
export function Countdown({ due, now }: { due: number; now: number }) {
  return (
    <span className="toast-seconds" aria-hidden="true">
      {t.seconds(Math.max(1, Math.ceil((due - now) / 1000)))}
    </span>
  );
}

export function UndoButton({ id }: { id: number }) {
  const desk = useDesk();
  return (
    <Button
      icon={<UndoOutlined aria-hidden="true" />}
      onClick={() => desk.undo(id)}
      aria-keyshortcuts="Alt+Z"
    >
      {texts.actions.undo} <kbd>{shown("undo")}</kbd>
    </Button>
  );
}

function wordsOfLeaving(what: Leaving): string {
  return what.kind === "release" ? t.release(what.who) : t.transfer(texts.tiers[what.tier], what.who);
}
