import type { ConsultationSummary, Message } from "../core/contract";
import { dateLabel, momentOf, openingLabel, validityOf } from "../core/format";
import type { Chapter } from "../core/history";
import { langOf } from "../core/spoken";
import { speakerOf } from "./Announcer";
import { useChat, useTexts } from "./context";
import { Cited } from "./Sources";
import { Words } from "./Words";

/** What a consultation was about, when, and how it ended; in words, for the list and for paper. */
export function useSummary(paper = false) {
  const texts = useTexts();
  const { chat } = useChat();
  const { history, rating } = texts;
  return (chapter: Chapter): { title: string; facts: string[] } => {
    const { consultation } = chapter;
    const first = chapter.messages[0];
    const at = Date.parse(consultation?.opened_at ?? first?.at ?? "");
    const began = paper ? momentOf(at) : openingLabel(texts, at, chat.now());
    if (!consultation) return { title: history.notices, facts: [began] };
    return { title: consultation.question, facts: [began, ...endOf(consultation)] };
  };

  function endOf({ closed_at: closed, result, score }: ConsultationSummary): string[] {
    const said = result ? history.results[result] : closed ? "" : history.open;
    const grade = score ? rating.scores[score - 1] : undefined;
    return [said ?? "", grade ? history.score(grade) : ""].filter(Boolean);
  }
}

/** What was said, to read again or to print: nothing here can be pressed. */
export function ChapterView({ messages }: { messages: readonly Message[] }) {
  return (
    <div class="records">
      {messages.map((message) => (
        <Entry key={message.seq} message={message} />
      ))}
    </div>
  );
}

function Entry({ message }: { message: Message }) {
  const texts = useTexts();
  const { chat } = useChat();
  const plain = message.sender === "taxpayer" || message.sender === "officer" || message.sender === "expert";
  const labels = [...(message.choices ?? []), ...(message.card?.actions ?? [])].map(({ label }) => label);
  const sources = message.sources ?? [];
  return (
    <div class={`record record-${message.sender}`} data-record={message.seq} tabIndex={-1}>
      <p class="record-who">
        <strong>{speakerOf(message, texts)}</strong> <time>{momentOf(Date.parse(message.at))}</time>
      </p>
      <div lang={langOf(message.text, texts)}>
        {plain ? <p class="plain">{message.text}</p> : <Words text={message.text} />}
      </div>
      {message.card?.due && (
        <p class="record-more">{texts.card.due(dateLabel(texts, message.card.due, chat.now()))}</p>
      )}
      {labels.length > 0 && <p class="record-more">{texts.print.options(labels)}</p>}
      {sources.length > 0 && (
        <div class="record-more">
          <p>{texts.print.basis}</p>
          <ul>
            {sources.map((source) => (
              <li key={`${source.document}${source.article ?? ""}`}>
                <Cited source={source} texts={texts} /> · {validityOf(texts, source, chat.now()).text}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** The sheets of paper: whose record, when, and the chapters, the oldest first. */
export function Paper({
  chapters,
  taxpayer,
}: {
  chapters: readonly Chapter[];
  taxpayer: string | undefined;
}) {
  const texts = useTexts();
  const { chat, state } = useChat();
  const summaryOf = useSummary(true);
  return (
    <div class="print">
      <h1>{texts.print.title}</h1>
      <p>{texts.print.bureau(state.bureau || texts.head.bureau)}</p>
      {taxpayer && <p>{texts.print.taxpayer(taxpayer)}</p>}
      <p>{texts.print.printed(momentOf(chat.now()))}</p>
      {chapters
        .slice()
        .reverse()
        .map((chapter) => {
          const { title, facts } = summaryOf(chapter);
          return (
            <section key={chapter.key} class="print-chapter">
              <h2>{title}</h2>
              <p class="print-facts">{facts.join(" · ")}</p>
              <ChapterView messages={chapter.messages} />
            </section>
          );
        })}
      <p class="print-note">{texts.print.note}</p>
    </div>
  );
}
