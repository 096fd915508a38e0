import { texts as desk } from "../texts";
import { texts } from "../texts/knowledge";
import type { Tried, When } from "./core/contract";
import { hashOf } from "./core/route";
import { valueWords, whenWords } from "./core/words";
import { Block, numbered } from "./Parts";

const t = texts.try;

const percent = (share: number): string => `${(share * 100).toFixed(0)}%`;
const score = (value: number): string => value.toFixed(3);

/** What the chat would say, and how it came to it. */
export function TryResult({ tried }: { tried: Tried }) {
  const { outcome, understood, candidates, left_out } = tried;
  const decision = desk.decisions[outcome.decision];
  const likely = isLikely(tried);
  const stated = Object.entries(understood.stated);
  return (
    <>
      <section className="kb-block kb-outcome">
        <h3>
          {likely ? t.likely : (decision?.label ?? outcome.decision)}
          <span className="quiet">
            {t.confidence(percent(outcome.confidence))}
            {outcome.entry_id && (
              <>
                {texts.join}
                <Link id={outcome.entry_id}>{t.given(outcome.entry_id)}</Link>
              </>
            )}
          </span>
        </h3>
        <p className="quiet">{likely ? t.whyLikely : (t.reasons[outcome.reason] ?? decision?.why)}</p>
        <p className="kb-text">{outcome.text}</p>
        {outcome.profile_field && (
          <p>{t.asks(desk.profile.fields[outcome.profile_field] ?? outcome.profile_field)}</p>
        )}
        {outcome.choices.length > 0 && (
          <ul className="kb-sources" aria-label={t.choices}>
            {outcome.choices.map((each) => (
              <li key={each.id}>{each.label}</li>
            ))}
          </ul>
        )}
        {outcome.sources.length > 0 && (
          <ul className="kb-sources" aria-label={texts.fields.sources}>
            {numbered(outcome.sources).map(([place, each]) => (
              <li key={place}>{[each.document, each.number, each.article].filter(Boolean).join(" ")}</li>
            ))}
          </ul>
        )}
        <p className="quiet">
          {t.understood}
          {texts.join}
          {understood.text}
        </p>
        {stated.length > 0 && (
          <p className="quiet">
            {t.stated}
            {texts.join}
            {stated.map(([, value]) => valueWords(String(value))).join(desk.profile.join)}
          </p>
        )}
      </section>
      <Thresholds tried={tried} />
      <Block title={t.candidates}>
        {candidates.length === 0 ? <p className="quiet">{t.noCandidates}</p> : <Candidates tried={tried} />}
      </Block>
      <Block title={t.leftOut}>
        {left_out.length === 0 && <p className="quiet">{t.noLeftOut}</p>}
        <ul className="kb-links">
          {left_out.map((each) => (
            <li key={each.entry_id}>
              <Link id={each.entry_id}>{each.question}</Link>
              <span className="quiet small kb-sub">
                {[
                  each.entry_id,
                  t.whys[each.why] ?? each.why,
                  detailOf(each),
                  `${t.score} ${score(each.score)}`,
                ]
                  .filter(Boolean)
                  .join(texts.join)}
              </span>
            </li>
          ))}
        </ul>
      </Block>
    </>
  );
}

/** An answer below the threshold of sure ones, which says what else may be meant. */
function isLikely({ outcome, probability, thresholds }: Tried): boolean {
  const { answer: needed = 0 } = thresholds;
  const matched = outcome.decision === "answer" && outcome.reason === "matched";
  return matched && probability !== null && probability < needed;
}

/** Dates, a place or the taxpayers for whom it is. */
function detailOf({ why, detail }: Tried["left_out"][number]): string {
  if (why === "audience") return whenWords(JSON.parse(detail) as When);
  if (why !== "not_valid") return detail;
  const [start, end] = detail.split("/");
  return texts.entry.span(start || texts.entry.openStart, end || texts.entry.openEnd);
}

/** What each outcome needs, and what there was. */
function Thresholds({ tried }: { tried: Tried }) {
  const { thresholds, probability, candidates, features } = tried;
  const closest = Math.max(0, ...candidates.map((each) => each.cosine));
  const rows = Object.entries(thresholds).map(([name, needed]) => {
    const value = name === "gate" ? (candidates.length ? closest : null) : probability;
    return { name, needed, value };
  });
  return (
    <Block title={t.thresholds}>
      <table className="kb-figures">
        <thead>
          <tr>
            <th scope="col">{t.threshold}</th>
            <th scope="col">{t.value}</th>
            <th scope="col">{t.needed}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, needed, value }) => (
            <tr key={name}>
              <th scope="row">{t.thresholdNames[name] ?? name}</th>
              <td>{value === null ? "" : score(value)}</td>
              <td>{score(needed)}</td>
              <td className="kb-verdict">
                {value !== null &&
                  (value >= needed ? (
                    <span className="kb-good">{t.passed}</span>
                  ) : (
                    <span className="quiet">{t.missed}</span>
                  ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {features.length > 0 && (
        <details>
          <summary>{t.features}</summary>
          <p className="quiet small">{t.featuresHint}</p>
          <table className="kb-figures">
            <thead>
              <tr>
                <th scope="col">{t.feature}</th>
                <th scope="col">{t.value}</th>
                <th scope="col">{t.part}</th>
              </tr>
            </thead>
            <tbody>
              {features.map((each) => (
                <tr key={each.name}>
                  <th scope="row">{t.featureNames[each.name] ?? each.name}</th>
                  <td>{score(each.value)}</td>
                  <td>{score(each.part)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </Block>
  );
}

function Candidates({ tried }: { tried: Tried }) {
  return (
    <table className="kb-figures kb-candidates">
      <thead>
        <tr>
          <th scope="col">{texts.list.entry}</th>
          <th scope="col">{t.score}</th>
          <th scope="col">{t.bm25}</th>
          <th scope="col">{t.cosine}</th>
          <th scope="col">{t.support}</th>
        </tr>
      </thead>
      <tbody>
        {tried.candidates.map((each) => (
          <tr key={each.entry_id}>
            <th scope="row">
              <Link id={each.entry_id}>{each.question}</Link>
              <span className="quiet small kb-sub">
                {[each.entry_id, each.exact && t.exact].filter(Boolean).join(texts.join)}
              </span>
            </th>
            <td>{score(each.score)}</td>
            <td>{score(each.bm25)}</td>
            <td>{score(each.cosine)}</td>
            <td>{score(each.support)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Link({ id, children }: { id: string; children: string }) {
  return <a href={hashOf({ screen: "entry", id, tab: "read" })}>{children}</a>;
}
