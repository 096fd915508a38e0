import type { ReactNode } from "react";
import type { Context, DueItem } from "../core/contract";
import { profileLines } from "../core/profile";
import { daysUntil, momentOf } from "../core/time";
import { texts } from "../texts";
import { useNow } from "./context";
import { FileList } from "./Files";
import { FlowCard } from "./FlowCard";

const t = texts.side;
/** Days before a due date from which it is coloured. */
const NEAR_DAYS = 3;

interface Props {
  context: Context;
  /** Id of the consultation while it is in hand. */
  inHand: string | null;
}

/** The question, how far a flow went, who asks, what is due, what was sent. */
export function Situation({ context, inHand }: Props) {
  const now = useNow(60_000);
  const { taxpayer, due_items: due = [], files = [], flow } = context;
  const lines = profileLines(taxpayer.profile ?? {});
  return (
    <>
      <Section title={t.question}>
        <p className="side-question">{context.question}</p>
        <dl className="facts">
          <Fact name={t.reason}>{texts.reasons[context.reason] ?? context.reason}</Fact>
          <Fact name={t.openedAt}>{momentOf(context.opened_at, now)}</Fact>
        </dl>
      </Section>
      {context.summary && (
        <Section title={t.summary}>
          <p className="side-summary">{context.summary}</p>
        </Section>
      )}
      {flow && (
        <Section title={t.flow}>
          <FlowCard flow={flow} inHand={inHand} />
        </Section>
      )}
      <Section title={t.taxpayer}>
        <dl className="facts">
          <Fact name={t.name}>{taxpayer.name}</Fact>
          <Fact name={t.assurance}>{texts.assurance[taxpayer.assurance] ?? taxpayer.assurance}</Fact>
          {lines.map(([name, value]) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        </dl>
        {lines.length === 0 && <p className="quiet">{taxpayer.profile ? t.emptyProfile : t.noProfile}</p>}
      </Section>
      <Section title={t.due}>
        {due.length === 0 ? (
          <p className="quiet">{t.noDue}</p>
        ) : (
          <ul className="due">
            {due.map((item) => (
              <Due key={`${item.title} ${item.due}`} item={item} now={now} />
            ))}
          </ul>
        )}
      </Section>
      <Section title={t.files}>
        <FileList files={files} now={now} />
      </Section>
    </>
  );
}

function Due({ item, now }: { item: DueItem; now: number }) {
  const days = item.due ? daysUntil(item.due, now) : null;
  return (
    <li>
      <span>{item.title}</span>
      {item.due && days !== null && (
        <span className={days < 0 ? "late" : days <= NEAR_DAYS ? "soon" : "quiet"}>
          {item.due} · {t.dueDays(days)}
        </span>
      )}
    </li>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="side-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
