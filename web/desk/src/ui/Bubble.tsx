import { ExclamationCircleOutlined, FileOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { memo } from "react";
import type { Message } from "../core/contract";
import { isFlowInput, type Outgoing } from "../core/log";
import { timeOf } from "../core/time";
import { texts } from "../texts";
import { CardPart, ChoicesPart, SourcesPart } from "./BubbleParts";
import { useDesk } from "./context";
import { MessageFiles } from "./Files";
import { FlowInputLine, FlowLine } from "./FlowLine";

const t = texts.chat;

interface Props {
  message: Message;
  /** The same person spoke before: the name is not repeated. */
  follows: boolean;
  answered: string | undefined;
  read: boolean;
  /** The name of the one who looks. */
  me: string;
}

/** One message. A kind that is not known shows its text. */
export const Bubble = memo(function Bubble({ message, follows, answered, read, me }: Props) {
  const { sender, name, text, kind, meta } = message;
  const files = meta?.files ?? [];
  if (message.flow && !meta?.erased) return <FlowLine message={message} flow={message.flow} />;
  if (isFlowInput(meta?.input) && !meta?.erased) return <FlowInputLine message={message} />;
  if (sender === "system" || meta?.erased) {
    return (
      <div className="notice">
        <p>
          {text} <time dateTime={message.at}>{timeOf(message.at)}</time>
        </p>
        <ChoicesPart message={message} answered={answered} />
      </div>
    );
  }
  const staff = sender === "officer" || sender === "expert";
  const own = staff && name === me;
  const tag = files.length === 0 && texts.kinds[kind];
  return (
    <article className={`said said-${own ? "own" : sender}`}>
      {!follows && <Speaker sender={sender} name={name ?? null} own={own} at={message.at} />}
      <div className="bubble">
        {tag && <span className="mark bubble-tag">{tag}</span>}
        {message.card && <CardPart card={message.card} />}
        {files.length > 0 && <MessageFiles files={files} outside={sender === "taxpayer"} />}
        {(files.length === 0 || meta?.captioned) && <p className="bubble-text">{text || t.erased}</p>}
        {meta?.masked !== undefined && <p className="quiet small">{t.masked}</p>}
        <ChoicesPart message={message} answered={answered} />
        <SourcesPart sources={message.sources ?? []} entryId={message.entry_id ?? null} />
      </div>
      {own && read && <span className="said-state quiet small">{t.read}</span>}
    </article>
  );
});

interface SpeakerProps {
  sender: Exclude<Message["sender"], "system">;
  name: string | null;
  own: boolean;
  at: string;
}

function Speaker({ sender, name, own, at }: SpeakerProps) {
  const kind = texts.speakers[sender];
  const who = own ? texts.speakers.me : sender === "taxpayer" || !name ? kind : name;
  // "Officer 3 · Officer" says it twice.
  const role =
    !own && name && sender !== "taxpayer" && sender !== "bot" && !name.includes(kind) ? kind : null;
  return (
    <header className="speaker">
      <span className="speaker-name">{who}</span>
      {role && <span>{role}</span>}
      <time dateTime={at}>{timeOf(at)}</time>
    </header>
  );
}

/** A message of ours on its way; it can be sent again or taken back while it has not arrived. */
export function OutgoingBubble({ id, message }: { id: string; message: Outgoing }) {
  const desk = useDesk();
  const own = message.client_message_id;
  return (
    <article className="said said-own">
      <div className="bubble bubble-pending">
        {message.files.map(({ file_id, name }) => (
          <p key={file_id} className="bubble-text">
            <FileOutlined aria-hidden="true" /> {name}
          </p>
        ))}
        {message.text && <p className="bubble-text">{message.text}</p>}
      </div>
      <div className="said-state" role="status">
        {message.state === "sending" ? (
          <span className="quiet small">{texts.sending.sending}</span>
        ) : (
          <>
            <span className="late small">
              <ExclamationCircleOutlined aria-hidden="true" /> {texts.sending[message.state]}
            </span>
            <Button size="small" onClick={() => desk.retry(id, own)}>
              {texts.sending.retry}
            </Button>
            <Button size="small" onClick={() => desk.takeBack(id, own)}>
              {texts.sending.takeBack}
            </Button>
          </>
        )}
      </div>
    </article>
  );
}
