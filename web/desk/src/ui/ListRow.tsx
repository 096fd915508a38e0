import { memo } from "react";
import type { Row } from "../core/contract";
import { durationOf } from "../core/duration";
import { unansweredSince } from "../core/log";
import { isLate, replyIsLate, secondsSince } from "../core/queue";
import { momentOf } from "../core/time";
import { texts } from "../texts";
import { useDesk, useDeskPart } from "./context";

const t = texts.list;
/** The priority of one who was given back: before all others. */
const FIRST = 100;

/** Who and how long, and what about; colour only for lateness. */
export const ListRow = memo(function ListRow({ row, now }: { row: Row; now: number }) {
  const desk = useDesk();
  const id = row.consultation_id;
  const time = useTime(row, now);
  const open = useDeskPart(({ selected }) => selected === id);
  const news = useDeskPart(({ unread }) => unread[id] ?? 0);
  const going = useDeskPart(({ leaving }) => leaving.some((each) => each.what.consultation_id === id));
  const mine = useMine(row);
  return (
    <li>
      <button
        type="button"
        className="row"
        aria-current={open ? "true" : undefined}
        onClick={() => desk.select(id)}
      >
        <span className="row-line">
          <span className="row-name">{row.taxpayer.name}</span>
          <span className={time.late ? "row-time late" : "row-time"}>{time.text}</span>
        </span>
        <span className="row-line">
          <span className="row-matter">{row.question}</span>
          {news > 0 && (
            <span className="badge" role="img" aria-label={t.unread(news)}>
              {news}
            </span>
          )}
          {going && <Mark text={t.leaving} />}
          {row.state === "waiting" && row.priority >= FIRST && <Mark text={t.first} />}
          {row.state === "waiting" && row.reason === "transfer" && <Mark text={t.transferred} />}
          {row.state === "waiting" && row.reason === "flow_help" && <Mark text={t.inFlow} />}
          {row.state === "held" && !mine && row.holder && <Mark text={row.holder.name} />}
        </span>
      </button>
    </li>
  );
});

function useMine(row: Row): boolean {
  return useDeskPart(({ session }) => row.holder?.id === session?.staff.id);
}

function Mark({ text }: { text: string }) {
  return <span className="mark">{text}</span>;
}

function useTime(row: Row, now: number): { text: string; late: boolean } {
  const mine = useMine(row);
  const chat = useDeskPart(({ chats }) => (mine ? chats[row.consultation_id] : undefined));
  if (row.state === "done") {
    return { text: row.closed_at ? t.closedAt(momentOf(row.closed_at, now)) : "", late: false };
  }
  if (row.state === "held") {
    if (!chat) return { text: row.holder ? t.holder("") : "", late: false };
    const since = unansweredSince(chat.messages);
    if (since === null) return { text: t.replied, late: false };
    const late = replyIsLate(since, now);
    const duration = durationOf(secondsSince(since, now));
    return { text: late ? t.lateReply(duration) : t.noReply(duration), late };
  }
  const late = isLate(row, now);
  if (!late && row.promised_at && Date.parse(row.promised_at) > now) {
    return { text: t.promised(momentOf(row.promised_at, now)), late: false };
  }
  const duration = durationOf(secondsSince(row.waiting_since, now));
  return { text: late ? t.lateWaited(duration) : t.waited(duration), late };
}
