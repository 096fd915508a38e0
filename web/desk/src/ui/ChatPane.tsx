import { ArrowLeftOutlined, InfoCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { attemptsOf } from "../core/attempts";
import type { FlowContext, Row } from "../core/contract";
import { placeOf } from "../core/flow";
import { shown } from "../core/keys";
import type { Chat } from "../core/state";
import { texts } from "../texts";
import { Composer } from "./Composer";
import { useDesk, useDeskState } from "./context";
import { Log } from "./Log";
import type { Dialog } from "./Screen";
import { StateBar } from "./StateBar";
import { shownRows } from "./shownRows";
import { inHand, type Selected } from "./useSelected";

const t = texts.chat;

interface Props {
  about: Selected | null;
  onDialog(dialog: Dialog): void;
  /** On a phone: back to the list. */
  onBack?: (() => void) | undefined;
  /** Where the right column is a drawer: opens it. */
  onInfo?: (() => void) | undefined;
}

/** The conversation: who, what about, the log, and what one can do. */
export function ChatPane({ about, onDialog, onBack, onInfo }: Props) {
  const desk = useDesk();
  if (about === null) return <Nobody />;
  const { chat } = about;
  const back = onBack && (
    <Button type="text" icon={<ArrowLeftOutlined aria-hidden="true" />} onClick={onBack}>
      {t.back}
    </Button>
  );
  if (!chat) {
    return (
      <main className="column-chat">
        {back}
        <div className="chat-empty" role="status">
          <p>{about.unreadable ? t.failed : t.loading}</p>
          {about.unreadable && <Button onClick={() => desk.select(about.id)}>{t.again}</Button>}
        </div>
      </main>
    );
  }
  return (
    <main className="column-chat">
      <div className="chat-head">
        {back}
        <div className="chat-who">
          <h2>{chat.detail.taxpayer.name}</h2>
          <span className="mark">
            {texts.assurance[chat.detail.taxpayer.assurance] ?? chat.detail.taxpayer.assurance}
          </span>
        </div>
        <div className="chat-actions">
          {onInfo && (
            <Button icon={<InfoCircleOutlined aria-hidden="true" />} onClick={onInfo}>
              {t.info}
            </Button>
          )}
          {inHand(about) && <Actions row={chat.detail} onDialog={onDialog} />}
        </div>
      </div>
      <ContextLine chat={chat} />
      <Log key={`log ${about.id}`} chat={chat} />
      {inHand(about) ? (
        <Composer key={`composer ${about.id}`} chat={chat} onFlow={() => onDialog("flow")} />
      ) : (
        <StateBar about={about} chat={chat} />
      )}
    </main>
  );
}

function Actions({ row, onDialog }: { row: Row; onDialog(dialog: Dialog): void }) {
  const desk = useDesk();
  const { actions } = texts;
  return (
    <>
      <Button onClick={() => onDialog("transfer")} title={shown("transfer")} aria-keyshortcuts="Alt+T">
        {row.tier === "officer" ? actions.transferToExpert : actions.transferToOfficer}
      </Button>
      <Button
        onClick={() => desk.release(row.consultation_id)}
        title={shown("release")}
        aria-keyshortcuts="Alt+R"
      >
        {actions.release}
      </Button>
      <Button onClick={() => onDialog("close")} title={shown("close")} aria-keyshortcuts="Alt+B">
        {actions.close}
      </Button>
    </>
  );
}

/** The whole case in one line: the question, what the robot tried, who asks. */
function ContextLine({ chat }: { chat: Chat }) {
  const { context, reason } = chat.detail;
  const profile = context.taxpayer.profile ?? {};
  const tried = attemptsOf(context).length;
  const short = (key: string) => {
    const value = profile[key];
    return typeof value === "string" ? (texts.profile.short[value] ?? value) : null;
  };
  const grade = typeof profile.credit_grade === "string" ? t.credit(profile.credit_grade) : null;
  const { flow } = context;
  const facts = [
    texts.reasons[reason] ?? reason,
    flow ? whereIn(flow, context.question) : null,
    tried > 0 ? t.tried(tried) : t.notTried,
    short("entity_type"),
    short("vat_status"),
    grade,
  ].filter((fact) => fact !== null);
  return (
    <div className="context-line">
      <span className="context-question" title={context.question}>
        {context.question}
      </span>
      <span className="context-facts">{facts.join(" · ")}</span>
    </div>
  );
}

/** How far the taxpayer came in a flow; its name is not said twice. */
function whereIn(flow: FlowContext, question: string): string {
  const where = flow.result ? flow.result.title : placeOf(flow.progress);
  return question.includes(flow.title) ? where : t.inFlow(flow.title, where);
}

function Nobody() {
  const desk = useDesk();
  const state = useDeskState();
  const waiting = shownRows({ ...state, list: "waiting" }).length;
  return (
    <main className="column-chat">
      <div className="chat-empty">
        <p className="chat-empty-title">{waiting > 0 ? t.waitingTitle(waiting) : t.noneWaiting}</p>
        <p className="quiet">{waiting > 0 ? t.noneTitle : t.noneHint}</p>
        {waiting > 0 && (
          <Button type="primary" onClick={() => desk.next()} aria-keyshortcuts="Alt+N">
            {t.openNext} <kbd>{shown("next")}</kbd>
          </Button>
        )}
      </div>
    </main>
  );
}
