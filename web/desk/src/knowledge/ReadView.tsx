import { momentOf } from "../core/time";
import { texts } from "../texts/knowledge";
import { useNow } from "../ui/context";
import type { Entry } from "./core/contract";
import { hashOf } from "./core/route";
import { faultWords, fieldOf, nameOf, topicOf, whenWords } from "./core/words";
import { Block, numbered } from "./Parts";
import { Preview } from "./Preview";

const t = texts.entry;

/** An entry as taxpayers see it, and what is known about it. */
export function ReadView({ entry }: { entry: Entry }) {
  const { content, work, live, faults } = entry;
  const given = live === "published" || live === "provisional";
  const hidden = work !== null && given && entry.version !== entry.live_version;
  return (
    <div className="kb-two">
      <section aria-label={t.asSeen}>
        {hidden && <p className="quiet kb-lead">{t.draftShown}</p>}
        <Preview content={content} sources={entry.sources} />
        {faults.length > 0 && (
          <Block title={t.faults(faults.length)}>
            <ul className="kb-faults">
              {faults.map((fault) => (
                <li key={`${fault.path} ${fault.message}`}>
                  {fieldOf(fault.path)}
                  {texts.join}
                  {faultWords(fault)}
                </li>
              ))}
            </ul>
          </Block>
        )}
        <Block title={t.aliases(content.aliases.length)}>
          <ul className="kb-aliases">
            {numbered(content.aliases).map(([place, alias]) => (
              <li key={place}>{alias}</li>
            ))}
          </ul>
        </Block>
      </section>
      <aside aria-label={t.about}>
        <About entry={entry} />
      </aside>
    </div>
  );
}

function About({ entry }: { entry: Entry }) {
  const now = useNow(60_000);
  const { usage, validity, verified, content } = entry;
  const rows: [string, string | false | null | undefined][] = [
    [texts.fields.kind, texts.kinds[entry.kind]],
    [texts.fields.topic, topicOf(entry.topic)],
    [texts.fields.check, texts.checks[entry.check]],
    [texts.fields.checked_on, content.checked_on],
    [texts.fields.general, content.general && texts.try.yes],
    [texts.fields.visibility, t.visibility[entry.visibility]],
    [texts.fields.region, entry.region],
    [texts.fields.audience, content.audience && whenWords(content.audience)],
    [t.validity, validity && t.span(validity.start ?? t.openStart, validity.end ?? t.openEnd)],
    [t.liveVersion, entry.live_version === null ? t.notLive : t.version(entry.live_version)],
    [t.reviewed, entry.reviewed_by && t.by(entry.reviewed_by, momentOf(entry.reviewed_at ?? "", now))],
    [t.changed, t.by(nameOf(entry.changed_by), momentOf(entry.changed_at, now))],
    [t.verifyBy, entry.verify_by],
    [t.verified, verified && t.by(verified.by.name, momentOf(verified.at, now))],
    [
      t.usage,
      usage.answers > 0
        ? [
            texts.list.times(usage.answers),
            texts.list.votes(usage.up, usage.down),
            usage.last_at && t.lastUsed(momentOf(usage.last_at, now)),
          ]
            .filter(Boolean)
            .join(texts.join)
        : texts.list.unused,
    ],
  ];
  return (
    <>
      <Block title={t.about}>
        <dl className="kb-about">
          {rows
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <div key={name}>
                <dt className="quiet">{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
      </Block>
      <Links title={t.related} ids={content.related} />
      <Links title={t.linkedFrom} ids={entry.linked_from} />
      <p>
        <a href={hashOf({ screen: "try", entry: entry.id })}>{t.try}</a>
      </p>
    </>
  );
}

function Links({ title, ids }: { title: string; ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <Block title={title}>
      <ul className="kb-links">
        {ids.map((id) => (
          <li key={id}>
            <a href={hashOf({ screen: "entry", id, tab: "read" })}>{id}</a>
          </li>
        ))}
      </ul>
    </Block>
  );
}
