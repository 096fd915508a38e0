import { Button } from "antd";
import { type FormEvent, useCallback, useState } from "react";
import { texts } from "../texts/knowledge";
import { useDesk } from "../ui/context";
import { Choose } from "./Choose";
import { useLoad, useTools } from "./context";
import type { Page, Passage } from "./core/contract";
import { hashOf } from "./core/route";
import { problemOf, wordsOf } from "./core/words";
import { TextField } from "./edit/Field";
import { Loading, numbered, ProblemNote } from "./Parts";

const t = texts.imported;

interface Props {
  /** The one to look into; null: the first. */
  collection: string | null;
  words: string;
}

/** Laws and answers that were imported for editors to write from; they are only read here. */
export function ImportedScreen({ collection, words }: Props) {
  const desk = useDesk();
  const { api } = useTools();
  const all = useLoad(useCallback(() => api.collections(), [api]));
  const [text, setText] = useState(words);
  const chosen = collection ?? all.data?.[0]?.collection ?? null;
  const known = all.data ?? [];

  function look(event: FormEvent): void {
    event.preventDefault();
    desk.place.go(hashOf({ screen: "imported", collection: chosen, words: text.trim() }));
  }

  return (
    <div className="kb-entry">
      <header className="kb-entry-head">
        <h2>{t.label}</h2>
        <p className="quiet">{t.lead}</p>
      </header>
      <ProblemNote problem={all.problem} again={all.reload} />
      {!all.data && all.loading && <Loading />}
      {all.data && known.length === 0 && <p className="kb-none">{t.nothing}</p>}
      {chosen && all.data && (
        <>
          <form className="kb-look" onSubmit={look} aria-label={t.label}>
            <Choose
              label={t.collection}
              value={chosen}
              options={known.map((each): [string, string] => [
                each.collection,
                t.size(each.collection, each.files, each.passages),
              ])}
              onChange={(name) => desk.place.go(hashOf({ screen: "imported", collection: name, words }))}
            />
            <TextField label={t.words} hint={t.wordsHint} value={text} maxLength={200} onChange={setText} />
            <Button type="primary" htmlType="submit">
              {t.look}
            </Button>
          </form>
          <Passages collection={chosen} words={words} />
        </>
      )}
    </div>
  );
}

function Passages({ collection, words }: { collection: string; words: string }) {
  const desk = useDesk();
  const { api } = useTools();
  const first = useLoad(useCallback(() => api.passages(collection, words), [api, collection, words]));
  const [more, setMore] = useState<Page<Passage>[]>([]);
  const [busy, setBusy] = useState(false);
  const found = [...(first.data?.items ?? []), ...more.flatMap((each) => each.items)];
  const cursor = (more.at(-1) ?? first.data)?.next_cursor ?? null;

  async function showMore(): Promise<void> {
    setBusy(true);
    try {
      const next = await api.passages(collection, words, cursor);
      setMore((now) => [...now, next]);
    } catch (error) {
      desk.toast(wordsOf(problemOf(error)), true);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <ProblemNote problem={first.problem} again={first.reload} />
      {!first.data && first.loading && <Loading />}
      {first.data && found.length === 0 && <p className="kb-none">{t.none}</p>}
      <ul className="kb-groups" aria-label={t.found}>
        {numbered(found).map(([place, { name, passage }]) => (
          <li key={place} className="kb-block">
            <h3>{[passage.label, passage.heading].filter(Boolean).join(texts.join)}</h3>
            <p className="quiet small">{[name, ...passage.asked].join(texts.join)}</p>
            <p className="kb-passage">{passage.text}</p>
          </li>
        ))}
      </ul>
      {cursor && (
        <Button className="kb-more" loading={busy} onClick={() => void showMore()}>
          {t.more}
        </Button>
      )}
    </>
  );
}
