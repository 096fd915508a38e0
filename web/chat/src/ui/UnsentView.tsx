import type { Unsent } from "../core/outbox";
import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";

/** A message of ours that is not in the log yet, and what becomes of it. */
export function UnsentView({ item }: { item: Unsent }) {
  return (
    <div class="message message-own">
      {item.label !== null && <p class="bubble bubble-own bubble-unsent">{item.label}</p>}
      <Fate item={item} />
    </div>
  );
}

function Fate({ item }: { item: Unsent }) {
  const texts = useTexts();
  const { chat } = useChat();
  const { sending } = texts;
  if (item.state === "refused") {
    const reason = sending.reasons[item.problem?.code ?? ""];
    const what = item.label === null ? sending.refusedInput : sending.refused;
    return (
      <div class="fate fate-refused" role="alert">
        <p>
          <Icon name="alert" />
          {reason ? `${what}${sending.because}${reason}` : what}
        </p>
        <button type="button" class="button button-small" onClick={() => chat.retry(item.id)}>
          {sending.retry}
        </button>
        <button type="button" class="button button-small" onClick={() => chat.discard(item.id)}>
          {sending.discard}
        </button>
      </div>
    );
  }
  if (item.state === "waiting") {
    return (
      <div class="fate fate-waiting">
        <p>
          <Icon name="clock" />
          {item.problem?.status === 429 ? sending.busy : sending.waiting}
        </p>
        <button type="button" class="button button-small" onClick={() => chat.retry(item.id)}>
          {sending.retryNow}
        </button>
      </div>
    );
  }
  return <p class="fate fate-late">{sending.sending}</p>;
}
