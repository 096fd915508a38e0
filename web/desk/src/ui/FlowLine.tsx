import type { FlowPart, Message } from "../core/contract";
import { lineOf } from "../core/flow";
import { timeOf } from "../core/time";
import { texts } from "../texts";

const t = texts.flow;

/** What a flow asked or told, in a line; unfolded, as the taxpayer sees it. */
export function FlowLine({ message, flow }: { message: Message; flow: FlowPart }) {
  return (
    <details className="flow-line">
      <summary>
        <span className="mark">{t.tag}</span>
        <span className="flow-title">{flow.title}</span>
        <span className="quiet">
          {lineOf(flow)} <time dateTime={message.at}>{timeOf(message.at)}</time>
        </span>
      </summary>
      <p className="quiet small">{t.full}</p>
      <p className="flow-full">{message.text}</p>
    </details>
  );
}

/** What the taxpayer filled in or pressed. */
export function FlowInputLine({ message }: { message: Message }) {
  const filled = message.meta?.input?.type === "flow_field";
  return (
    <p className="flow-input">
      <span className="quiet small">{filled ? t.filledIn : t.did}</span>
      <span className="flow-value">{message.text}</span>
      <time className="quiet small" dateTime={message.at}>
        {timeOf(message.at)}
      </time>
    </p>
  );
}
