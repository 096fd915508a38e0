import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";

/** Useful or not, once; a "no" offers a person. */
export function Vote({ seq }: { seq: number }) {
  const texts = useTexts();
  const { chat, state } = useChat();
  const { vote: words } = texts;
  const given = state.given.votes[seq];
  const vote = (useful: boolean) => chat.sendInput({ type: "vote", ref_seq: seq, useful }, null);
  if (given === undefined) {
    return (
      <div class="vote" role="group" aria-label={words.label}>
        <button type="button" class="button button-small" onClick={() => vote(true)}>
          <Icon name="up" />
          {words.useful}
        </button>
        <button type="button" class="button button-small" onClick={() => vote(false)}>
          <Icon name="bad" />
          {words.useless}
        </button>
      </div>
    );
  }
  return (
    <div class="vote vote-given">
      <p role="status">
        <Icon name="check" />
        {given ? words.thanks : words.sorry}
      </p>
      {!given && state.owner === "bot" && (
        <button
          type="button"
          class="button button-small"
          onClick={() => chat.sendText(texts.head.personSend)}
        >
          <Icon name="person" />
          {words.person}
        </button>
      )}
    </div>
  );
}
