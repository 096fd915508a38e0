import { texts } from "../texts/knowledge";
import type { Difference, FieldDifference, Part } from "./core/contract";
import { fieldOf, whenWords } from "./core/words";
import { numbered } from "./Parts";

const t = texts.history;

/** Where two versions differ; what went and what came is told by signs and lines, not by colour alone. */
export function DiffView({ difference }: { difference: Difference }) {
  if (difference.fields.length === 0) return <p className="quiet">{t.same}</p>;
  return (
    <dl className="kb-diff">
      {difference.fields.map((field) => (
        <div key={field.field}>
          <dt>
            {fieldOf(field.field)} <span className="quiet small">{t[field.change]}</span>
          </dt>
          <dd>
            <Changed field={field} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Changed({ field }: { field: FieldDifference }) {
  if (field.parts.length > 0) {
    return (
      <p className="kb-text">
        {numbered(field.parts).map(([key, part]) => (
          <Piece key={key} part={part} />
        ))}
      </p>
    );
  }
  if (field.items.length > 0) {
    return (
      <ul>
        {numbered(field.items).map(([key, part]) => (
          <li key={key}>
            <Piece part={part} />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <ul>
      {field.before !== null && (
        <li>
          <Piece part={{ op: "del", text: plain(field.before) }} />
        </li>
      )}
      {field.after !== null && (
        <li>
          <Piece part={{ op: "add", text: plain(field.after) }} />
        </li>
      )}
    </ul>
  );
}

function Piece({ part }: { part: Part }) {
  if (part.op === "same") return <span>{part.text}</span>;
  const Tag = part.op === "add" ? "ins" : "del";
  return (
    <Tag>
      <span className="unseen">{part.op === "add" ? t.added : t.removed}</span>
      {part.text}
    </Tag>
  );
}

function plain(value: unknown): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return whenWords(value as Record<string, unknown>);
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
