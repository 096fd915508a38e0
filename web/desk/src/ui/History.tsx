import type { Earlier, Transfer } from "../core/contract";
import { momentOf } from "../core/time";
import { texts } from "../texts";
import { useNow } from "./context";
import { Section } from "./Situation";

const t = texts.side;

/** How it came here, and what was asked before. */
export function History({
  earlier,
  transfers,
}: {
  earlier: readonly Earlier[];
  transfers: readonly Transfer[];
}) {
  const now = useNow(60_000);
  return (
    <>
      <Section title={t.transfers}>
        {transfers.length === 0 && <p className="quiet">{t.noTransfers}</p>}
        <ol className="story">
          {transfers.map((each) => (
            <li key={each.at}>
              <p className="story-head">
                {t.fromTo(
                  texts.tiers[each.from_tier] ?? each.from_tier,
                  texts.tiers[each.to_tier] ?? each.to_tier,
                )}
                <span className="quiet">
                  {each.by?.name} {momentOf(each.at, now)}
                </span>
              </p>
              <p>{each.reason}</p>
              <p className="quiet">{each.summary}</p>
            </li>
          ))}
        </ol>
      </Section>
      <Section title={t.earlier}>
        {earlier.length === 0 && <p className="quiet">{t.noEarlier}</p>}
        <ol className="story">
          {earlier.map((each) => (
            <li key={each.consultation_id}>
              <p className="story-head">
                {each.question}
                <span className="quiet">{momentOf(each.opened_at, now)}</span>
              </p>
              <p className="quiet">
                {[
                  each.result && (texts.results[each.result] ?? each.result),
                  each.matter,
                  typeof each.score === "number" && t.rated(each.score),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
              {each.summary && <p className="quiet">{each.summary}</p>}
            </li>
          ))}
        </ol>
      </Section>
    </>
  );
}
