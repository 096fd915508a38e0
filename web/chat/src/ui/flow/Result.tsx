import type { RefObject } from "preact";
import { render } from "preact";
import { useState } from "preact/hooks";
import type { Flow, FlowResult, Message } from "../../core/contract";
import { momentOf } from "../../core/format";
import { tabStore } from "../../core/storage";
import type { Texts } from "../../texts";
import type { Extra } from "../../texts/extra";
import { useChat, useTexts } from "../context";
import { Icon, type IconName } from "../Icon";
import { useExtra } from "../late";
import { printPaper } from "../paper";
import { Cited } from "../Sources";
import { Words } from "../Words";
import { Summary } from "./Summary";

const ICONS: Readonly<Record<FlowResult["verdict"], IconName>> = {
  pass: "check",
  supplement: "alert",
  person: "person",
};

interface Props {
  message: Message;
  flow: Flow;
  result: FlowResult;
  id: string;
  heading: RefObject<HTMLHeadingElement | null>;
}

/** What the check came to, what is to be done, and on what it rests. */
export function Result({ message, flow, result, id, heading }: Props) {
  const texts = useTexts();
  const extra = useExtra();
  const { flow: words } = extra;
  const { chat, state } = useChat();
  const [open, setOpen] = useState(false);
  const goTo = (choice: string, label: string) =>
    chat.sendInput({ type: "choice", ref_seq: message.seq, id: choice }, label);
  const summary = flow.summary ?? [];
  return (
    <div class="flow-result">
      <p class={`flow-verdict flow-verdict-${result.verdict}`}>
        <Icon name={ICONS[result.verdict]} />
        <span>
          <span class="flow-verdict-of">{words.verdictOf}</span>
          <strong>{words.verdicts[result.verdict]}</strong>
        </span>
      </p>
      <h2 class="flow-question" id={`${id}-question`} tabIndex={-1} ref={heading}>
        {result.title}
      </h2>
      {result.text !== result.title && <Words text={result.text} />}
      {result.items.length > 0 && (
        <ul class="flow-items">
          {result.items.map((item) => (
            <li key={item}>
              <Words text={item} />
            </li>
          ))}
        </ul>
      )}
      {result.checklist.length > 0 && <Checklist run={flow.run_id} items={result.checklist} />}
      {result.actions.length > 0 && (
        <div class="flow-next">
          <p class="flow-sub">{words.next_steps}</p>
          {result.actions.map(({ label, url, flow: other, entry }) => {
            if (url && /^https?:/i.test(url)) {
              return (
                <a key={label} class="choice" href={url} target="_blank" rel="noopener noreferrer">
                  <span>
                    {label}
                    {words.link}
                  </span>
                </a>
              );
            }
            const choice = other ? `flow:${other}` : `entry:${entry}`;
            const served = state.owner !== "bot" && !other;
            return (
              <button
                type="button"
                key={label}
                class="choice"
                aria-disabled={served}
                onClick={() => served || goTo(choice, label)}
              >
                <span>{label}</span>
              </button>
            );
          })}
        </div>
      )}
      {summary.length > 0 && (
        <div class="flow-given">
          <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
            {words.given}
            <Icon name="down" />
          </button>
          {open && <Summary flow={flow} lines={summary} />}
        </div>
      )}
      <p class="card-note">{result.disclaimer}</p>
      <button
        type="button"
        class="button button-small flow-print"
        onClick={(event) =>
          print(event.currentTarget, <Paper {...{ message, flow, result, texts, extra, now: chat.now() }} />)
        }
      >
        <Icon name="print" />
        {words.print}
      </button>
    </div>
  );
}

/** What to have at hand; ticks stay in this tab. */
function Checklist({ run, items }: { run: string; items: readonly string[] }) {
  const { flow: words } = useExtra();
  const key = `ticked-${run}`;
  const [ticked, setTicked] = useState<readonly string[]>(() => tabStore.get<string[]>(key) ?? []);
  const toggle = (item: string) => {
    const now = ticked.includes(item) ? ticked.filter((each) => each !== item) : ticked.concat(item);
    tabStore.set(key, now);
    setTicked(now);
  };
  return (
    <fieldset class="flow-checklist">
      <legend class="flow-sub">{words.checklist}</legend>
      {items.map((item) => (
        <label key={item} class="flow-tick">
          <input type="checkbox" checked={ticked.includes(item)} onChange={() => toggle(item)} />
          <span>{item}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Puts a sheet into the page, prints it and takes it away again. */
function print(near: Element, paper: preact.JSX.Element): void {
  const page = near.closest(".page");
  if (!page) return;
  page.querySelector(".flow-paper")?.remove();
  const sheet = document.createElement("div");
  sheet.className = "print flow-paper";
  render(paper, sheet);
  page.appendChild(sheet);
  page.classList.add("page-history");
  const away = () => {
    window.removeEventListener("afterprint", away);
    sheet.remove();
    page.classList.remove("page-history");
  };
  window.addEventListener("afterprint", away);
  printPaper(near);
}

interface PaperProps {
  message: Message;
  flow: Flow;
  result: FlowResult;
  texts: Texts;
  extra: Extra;
  now: number;
}

function Paper({ message, flow, result, texts, extra, now }: PaperProps) {
  const { flow: words } = extra;
  return (
    <>
      <h1>{flow.title}</h1>
      <p class="print-facts">{words.printed(momentOf(now))}</p>
      <h2>
        {words.verdictOf}
        {texts.sending.because}
        {words.verdicts[result.verdict]}
      </h2>
      <p>
        <strong>{result.title}</strong>
      </p>
      <Words text={result.text} />
      {result.items.length > 0 && (
        <ul>
          {result.items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      )}
      {result.checklist.length > 0 && (
        <>
          <h2>{words.checklist}</h2>
          {result.checklist.map((item) => (
            <p key={item}>□ {item}</p>
          ))}
        </>
      )}
      {(flow.summary ?? []).length > 0 && (
        <>
          <h2>{words.given}</h2>
          {flow.summary?.map(({ step, label, value }) => (
            <p key={step} class="plain">
              {words.answered(label, value)}
            </p>
          ))}
        </>
      )}
      {(message.sources ?? []).length > 0 && (
        <>
          <h2>{texts.print.basis}</h2>
          {message.sources?.map((source) => (
            <p key={`${source.document}${source.article}`}>
              <Cited source={source} texts={texts} />
            </p>
          ))}
        </>
      )}
      <p class="print-note">{result.disclaimer}</p>
    </>
  );
}
