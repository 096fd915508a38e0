import { DownOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Fragment, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Message } from "../core/contract";
import { answersOf, isFlowInput } from "../core/log";
import type { Chat } from "../core/state";
import { dayOf } from "../core/time";
import { texts } from "../texts";
import { Bubble, OutgoingBubble } from "./Bubble";
import { useDeskState, useNow } from "./context";

const t = texts.chat;
/** Pixels from the end within which new messages are followed. */
const NEAR = 80;

/** The conversation as it went; what belongs to earlier consultations stays folded. */
export function Log({ chat }: { chat: Chat }) {
  const now = useNow(1_000);
  const me = useDeskState().session?.staff.name ?? "";
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const [unfolded, setUnfolded] = useState(false);
  const { messages, outgoing, detail } = chat;
  const begins = beginning(messages, detail.consultation_id);
  const shown = (unfolded ? messages : messages.slice(begins)).filter(
    (each, place, all) => !(each.meta?.erased && all[place - 1]?.meta?.erased),
  );
  const last = messages.at(-1)?.seq ?? 0;
  const typing = chat.typingUntil > now;
  const answers = useMemo(() => answersOf(messages), [messages]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever grows the log moves the end
  useLayoutEffect(() => {
    if (following) toEnd(box.current);
  }, [last, outgoing.length, typing, following]);
  useEffect(() => {
    const watch = new ResizeObserver(() => following && toEnd(box.current));
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, [following]);

  return (
    <div className="log-frame">
      <div
        className="log"
        ref={box}
        role="log"
        aria-label={t.log}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: at }) =>
          setFollowing(at.scrollHeight - at.scrollTop - at.clientHeight < NEAR)
        }
      >
        {begins > 0 && !unfolded && (
          <Button type="link" size="small" className="log-unfold" onClick={() => setUnfolded(true)}>
            {t.unfold(begins)}
          </Button>
        )}
        {shown.map((message, index) => {
          const before = shown[index - 1];
          const newDay = !before || dayOf(before.at) !== dayOf(message.at);
          return (
            <Fragment key={message.seq}>
              {newDay && <Separator text={dayOf(message.at)} />}
              {unfolded && index === begins && <Separator text={t.boundary} />}
              <Bubble
                message={message}
                follows={!newDay && sameSpeaker(before, message)}
                answered={answers.get(message.seq)}
                me={me}
                read={message.seq <= chat.readSeq}
              />
            </Fragment>
          );
        })}
        {outgoing.map((each) => (
          <OutgoingBubble key={each.client_message_id} id={detail.consultation_id} message={each} />
        ))}
        {typing && <p className="log-typing quiet">{t.typing}</p>}
      </div>
      {!following && (
        <Button
          size="small"
          className="log-end"
          icon={<DownOutlined aria-hidden="true" />}
          onClick={() => {
            setFollowing(true);
            toEnd(box.current);
          }}
        >
          {t.newMessages}
        </Button>
      )}
    </div>
  );
}

function toEnd(box: HTMLDivElement | null): void {
  if (box) box.scrollTop = box.scrollHeight;
}

/** Index of the first message of a consultation; 0 when none is marked as its own. */
function beginning(messages: readonly Message[], consultationId: string): number {
  return Math.max(
    0,
    messages.findIndex((message) => message.consultation_id === consultationId),
  );
}

function sameSpeaker(before: Message | undefined, message: Message): boolean {
  if (!before || before.flow || isFlowInput(before.meta?.input)) return false;
  return before.sender === message.sender && before.name === message.name && message.sender !== "system";
}

function Separator({ text }: { text: string }) {
  return (
    <div className="log-separator">
      <span>{text}</span>
    </div>
  );
}
