import { LockOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { durationOf } from "../core/duration";
import { shown } from "../core/keys";
import { isFull, isLate, secondsSince } from "../core/queue";
import type { Chat } from "../core/state";
import { texts } from "../texts";
import { useDesk, useDeskState, useNow } from "./context";
import { Countdown, UndoButton } from "./Toasts";
import type { Selected } from "./useSelected";

const t = texts.state;

/** In place of the composer: why one cannot write here now, and what one can do instead. */
export function StateBar({ about, chat }: { about: Selected; chat: Chat }) {
  const desk = useDesk();
  const { queues, claiming, rows, capacity, session } = useDeskState();
  const now = useNow(about.leaving ? 250 : 1_000);
  const row = chat.detail;
  const held = rows.mine?.length ?? 0;
  const full = session !== null && isFull(held, capacity, session.staff);

  if (about.leaving) {
    const { what, id, due } = about.leaving;
    const title = what.kind === "release" ? t.leavingRelease : t.leavingTransfer(texts.tiers[what.tier]);
    return (
      <Bar title={title} hint={t.leavingHint}>
        <Countdown due={due} now={now} />
        <UndoButton id={id} />
      </Bar>
    );
  }
  const next = (
    <Button onClick={() => desk.next()} aria-keyshortcuts="Alt+N">
      {texts.actions.next} <kbd>{shown("next")}</kbd>
    </Button>
  );
  const waits = () => {
    const queue = queues.find((each) => each.id === row.queue)?.name ?? texts.tiers[row.tier];
    const duration = durationOf(secondsSince(row.waiting_since, now));
    const late = isLate(row, now);
    return (
      <>
        {t.waiting(queue)} ·{" "}
        <span className={late ? "late" : undefined}>
          {late ? texts.list.lateWaited(duration) : texts.list.waited(duration)}
        </span>
      </>
    );
  };
  switch (about.standing) {
    case "waiting":
      return (
        <Bar title={waits()} hint={full ? t.full(held, capacity ?? 0) : t.waitingHint}>
          <Button
            type="primary"
            size="large"
            loading={claiming === about.id}
            disabled={full}
            onClick={() => void desk.claim(about.id)}
            aria-keyshortcuts="Alt+J"
          >
            {texts.actions.claim} <kbd>{shown("claim")}</kbd>
          </Button>
        </Bar>
      );
    case "not_my_tier":
      return (
        <Bar locked title={waits()} hint={about.takes ? t.notMyTier(texts.tiers[row.tier]) : t.readOnlyRole}>
          {about.takes && next}
        </Bar>
      );
    case "others":
      return (
        <Bar locked title={t.others(row.holder?.name ?? texts.tiers[row.tier])}>
          {about.takes && next}
        </Bar>
      );
    default:
      return (
        <Bar locked title={chat.ended ? t[chat.ended] : t.done}>
          {about.takes && next}
        </Bar>
      );
  }
}

interface BarProps {
  title: React.ReactNode;
  hint?: string;
  locked?: boolean;
  children?: React.ReactNode;
}

function Bar({ title, hint, locked, children }: BarProps) {
  return (
    <div className="state-bar">
      {locked && <LockOutlined aria-hidden="true" />}
      <div className="state-words" role="status">
        <p>{title}</p>
        {hint && <p className="quiet">{hint}</p>}
      </div>
      {children}
    </div>
  );
}
