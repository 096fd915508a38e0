import { givesEntry, type Message, type Sender } from "../core/contract";
import type { FlowPlace } from "../core/flow";
import { timeOf } from "../core/format";
import { splitConclusion } from "../core/markdown";
import { langOf } from "../core/spoken";
import { CardView } from "./CardView";
import { Choices } from "./Choices";
import { useTexts } from "./context";
import { FlowView } from "./FlowView";
import { Icon } from "./Icon";
import { LateFiles } from "./LateFiles";
import { Rating } from "./Rating";
import { ReadButton } from "./ReadButton";
import { Sources } from "./Sources";
import { Vote } from "./Vote";
import { Words } from "./Words";

interface Props {
  message: Message;
  first: boolean;
  /** Where it stands in a guided flow. */
  place?: FlowPlace | undefined;
}

/** One message of the log, whoever says it. */
export function MessageView({ message, first, place }: Props) {
  const texts = useTexts();
  const at = timeOf(Date.parse(message.at));
  const lang = langOf(message.text, texts);
  const files = message.meta?.files;
  if (message.meta?.erased) {
    return (
      <div class="message message-system" data-seq={message.seq}>
        <p class="system">{message.text}</p>
      </div>
    );
  }
  if (message.sender === "taxpayer") {
    return (
      <div class="message message-own" data-seq={message.seq}>
        <span class="hidden">{texts.speakers.taxpayer}</span>
        {files && <LateFiles files={files} />}
        {(!files || message.meta?.captioned) && (
          <p class="bubble bubble-own" lang={lang}>
            {message.text}
          </p>
        )}
        {first && <time class="time">{at}</time>}
      </div>
    );
  }
  if (message.flow && place) {
    const line = place.as === "answered" || place.as === "left";
    return (
      <article class={line ? "message message-line" : "message"} data-seq={message.seq}>
        {first && !line && <Speaker sender={message.sender} name={message.name} at={at} />}
        <FlowView message={message} flow={message.flow} place={place} />
      </article>
    );
  }
  if (message.kind === "survey") return <Rating message={message} />;
  if (message.sender === "system" && !message.card) {
    return (
      <div class="message message-system" data-seq={message.seq}>
        <p class="system" lang={lang}>
          {message.text}
        </p>
        <Choices message={message} />
      </div>
    );
  }
  return (
    <article class="message" data-seq={message.seq}>
      {first && <Speaker sender={message.sender} name={message.name} at={at} />}
      {files && <LateFiles files={files} />}
      {message.card ? (
        <CardView message={message} card={message.card} />
      ) : (
        (!files || message.meta?.captioned) && <Bubble message={message} />
      )}
      <Choices message={message} />
    </article>
  );
}

function Speaker({ sender, name, at }: { sender: Sender; name: string | null | undefined; at: string }) {
  const texts = useTexts();
  const person = sender === "officer" || sender === "expert";
  const kind = person ? texts.kinds[sender] : texts.kinds.bot;
  const shown = name || (person ? "" : texts.speakers.bot);
  return (
    <p class="speaker">
      <Icon name={person ? "person" : "robot"} />
      {shown && <span class="speaker-name">{shown}</span>}
      <span class={person ? "tag tag-person" : "tag"}>{kind}</span>
      <time class="time">{at}</time>
    </p>
  );
}

function Bubble({ message }: { message: Message }) {
  const texts = useTexts();
  const person = message.sender === "officer" || message.sender === "expert";
  const sources = message.sources ?? [];
  return (
    <div class={person ? "bubble bubble-person" : "bubble"}>
      <div lang={langOf(message.text, texts)}>
        {person ? <p class="plain">{message.text}</p> : <Said message={message} />}
      </div>
      {givesEntry(message) && (
        <div class="foot">
          {sources.length > 0 && <Sources sources={sources} />}
          <ReadButton message={message} />
          <Vote seq={message.seq} />
        </div>
      )}
    </div>
  );
}

/** The bot's words; an answer says its conclusion first, and strongly. */
function Said({ message }: { message: Message }) {
  if (!givesEntry(message)) return <Words text={message.text} />;
  const { conclusion, rest } = splitConclusion(message.text);
  return (
    <>
      <Words class="conclusion" text={conclusion} />
      <Words text={rest} />
    </>
  );
}
