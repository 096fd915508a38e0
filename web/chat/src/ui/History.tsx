import { useEffect, useRef, useState } from "preact/hooks";
import { momentOf } from "../core/format";
import { type Chapter, chaptersOf, excerptOf, hitsIn, isCut, NO_PAGES, type Pages } from "../core/history";
import { plainOf } from "../core/spoken";
import { speakerOf } from "./Announcer";
import { ChapterView, Paper, useSummary } from "./Chapter";
import { useTexts } from "./context";
import { Icon } from "./Icon";
import { printPaper } from "./paper";
import { Sheet } from "./Sheet";
import { type Found, useHistory } from "./useHistory";

/** All that was said, by consultation, to search, read again and print. */
export function History({ close }: { close: () => void }) {
  const texts = useTexts();
  const { history: words } = texts;
  const { found, load } = useHistory();
  const { pages } = found;
  const [open, setOpen] = useState<readonly string[]>([]);
  const [paper, setPaper] = useState<readonly Chapter[]>([]);
  const [target, setTarget] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const chapters = chaptersOf(pages);

  useEffect(() => {
    // The sheets stay for those browsers that print later.
    if (paper.length && list.current) printPaper(list.current);
  }, [paper]);
  useEffect(() => {
    const entry = target ? list.current?.querySelector<HTMLElement>(`[data-record="${target}"]`) : null;
    if (!entry) return;
    entry.scrollIntoView({ block: "center" });
    entry.focus();
    setTarget(0);
  });

  /** The chapter as a whole: what is missing of it is loaded first. */
  const whole = async (chapter: Chapter): Promise<Chapter | undefined> => {
    if (!isCut(chapter, chapters, pages)) return chapter;
    const here = (more: Pages) => chaptersOf(more).find(({ key }) => key === chapter.key);
    const loaded = await load("", pages, (more) => {
      const all = chaptersOf(more);
      return all[all.length - 1]?.key !== chapter.key;
    });
    return loaded && here(loaded);
  };
  const toggle = (chapter: Chapter) => {
    const opened = open.includes(chapter.key);
    setOpen(opened ? open.filter((key) => key !== chapter.key) : open.concat(chapter.key));
    if (!opened) void whole(chapter);
  };
  const showInContext = async (seq: number) => {
    const loaded = await load(
      "",
      NO_PAGES,
      (more) => (more.messages[more.messages.length - 1]?.seq ?? 0) <= seq,
    );
    const chapter =
      loaded && chaptersOf(loaded).find(({ messages }) => messages.some((each) => each.seq === seq));
    if (!chapter) return;
    setOpen((before) => before.concat(chapter.key));
    setTarget(seq);
  };

  return (
    <>
      <Sheet title={words.title} close={close} tall>
        <p class="history-about">{words.about}</p>
        <Search search={(sought) => void load(sought, NO_PAGES, () => true)} sought={found.words} />
        <p class="history-state" role="status">
          {stateOf(found, words)}
        </p>
        <div class="history" ref={list}>
          {found.words ? (
            <Hits found={found} show={(seq) => void showInContext(seq)} />
          ) : (
            chapters.map((chapter) => (
              <ChapterRow
                key={chapter.key}
                chapter={chapter}
                open={open.includes(chapter.key)}
                toggle={() => toggle(chapter)}
                print={() => void whole(chapter).then((all) => all && setPaper([all]))}
              />
            ))
          )}
        </div>
        <div class="stack history-end">
          {found.state === "failed" && (
            <button type="button" class="button" onClick={() => void load(found.words, pages, () => true)}>
              {words.retry}
            </button>
          )}
          {found.state === "ready" && pages.next !== undefined && (
            <button type="button" class="button" onClick={() => void load(found.words, pages, () => true)}>
              {words.more}
            </button>
          )}
          {!found.words && chapters.length > 0 && (
            <button type="button" class="button" onClick={() => setPaper(chapters.slice())}>
              <Icon name="print" />
              {words.printAll}
            </button>
          )}
        </div>
      </Sheet>
      {paper.length > 0 && <Paper chapters={paper} taxpayer={pages.taxpayer} />}
    </>
  );
}

function stateOf(
  { state, words: sought, pages }: Found,
  words: ReturnType<typeof useTexts>["history"],
): string {
  if (state === "loading") return words.loading;
  if (state === "failed") return words.failed;
  const count = pages.messages.length;
  if (!sought) return count ? "" : words.empty;
  return count ? words.found(count, pages.next !== undefined) : words.nothingFound(sought);
}

function Search({ search, sought }: { search: (words: string) => void; sought: string }) {
  const { history: words } = useTexts();
  const [text, setText] = useState("");
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        search(text.trim());
      }}
    >
      <input
        class="field"
        type="search"
        maxLength={100}
        value={text}
        aria-label={words.searchLabel}
        placeholder={words.searchHint}
        enterkeyhint="search"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button button-main">
        {words.search}
      </button>
      {sought && (
        <button
          type="button"
          class="button"
          onClick={() => {
            setText("");
            search("");
          }}
        >
          {words.clear}
        </button>
      )}
    </form>
  );
}

function Hits({ found, show }: { found: Found; show: (seq: number) => void }) {
  const texts = useTexts();
  return (
    <ul class="hits">
      {found.pages.messages.map((message) => (
        <li key={message.seq}>
          <button type="button" class="hit" onClick={() => show(message.seq)}>
            <span class="record-who">
              <strong>{speakerOf(message, texts)}</strong> {momentOf(Date.parse(message.at))}
            </span>
            <span class="hit-text">
              {hitsIn(excerptOf(plainOf(message.text, texts), found.words), found.words).map((part, index) =>
                index % 2 ? <mark key={index}>{part}</mark> : part,
              )}
            </span>
            <span class="hit-more">{texts.history.toContext}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface RowProps {
  chapter: Chapter;
  open: boolean;
  toggle: () => void;
  print: () => void;
}

function ChapterRow({ chapter, open, toggle, print }: RowProps) {
  const { history: words } = useTexts();
  const { title, facts } = useSummary()(chapter);
  return (
    <section class="chapter">
      <h3>
        <button type="button" class="chapter-head" aria-expanded={open} onClick={toggle}>
          <span class="chapter-names">
            <span class="chapter-title">{title}</span>
            <span class="chapter-facts">{facts.join(" · ")}</span>
          </span>
          <Icon name="down" />
        </button>
      </h3>
      {open && (
        <div class="chapter-body">
          <ChapterView messages={chapter.messages} />
          <button type="button" class="button button-small" onClick={print}>
            <Icon name="print" />
            {words.print}
          </button>
        </div>
      )}
    </section>
  );
}
