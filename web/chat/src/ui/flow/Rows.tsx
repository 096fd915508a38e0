import { useEffect, useRef, useState } from "preact/hooks";
import { grouped, readAmount, readDay } from "../../core/amount";
import type { FlowField } from "../../core/contract";
import { Icon } from "../Icon";
import { useExtra } from "../late";
import { Control } from "./Control";
import { optionValue } from "./Options";
import { columnsOf, masked, missingIn, type Row, rowOf } from "./values";

interface Props {
  field: FlowField;
  rows: readonly Row[];
  change: (rows: readonly Row[]) => void;
  done: (rows: readonly Row[]) => void;
  id: string;
  busy: boolean;
  /** The row that the server refused, 1 is the first. */
  faultRow: number | undefined;
}

/** A list: each row a card, one at a time being filled in. */
export function Rows({ field, rows, change, done, id, busy, faultRow }: Props) {
  const { flow: words } = useExtra();
  const columns = field.fields ?? [];
  const most = Number(field.max ?? 50);
  const first =
    faultRow !== undefined && faultRow <= rows.length ? faultRow - 1 : rows.length ? undefined : 0;
  const [editing, setEditing] = useState<number | undefined>(first);
  const [said, setSaid] = useState("");
  const pressed = useRef(false);
  const open = (at: number) => {
    pressed.current = true;
    setEditing(at);
  };
  const next = useRef<HTMLDivElement>(null);
  const focusNext = () => setTimeout(() => next.current?.querySelector<HTMLElement>("button")?.focus());

  const save = (row: Row) => {
    const at = editing ?? rows.length;
    change([...rows.slice(0, at), row, ...rows.slice(at + 1)]);
    setEditing(undefined);
    focusNext();
  };
  const remove = (at: number) => {
    const left = rows.filter((_row, index) => index !== at);
    change(left);
    setSaid(words.removed);
    if (left.length === 0) open(0);
    else focusNext();
  };
  return (
    <div class="flow-rows">
      <p class="hidden" role="status">
        {said}
      </p>
      {rows.map((row, index) =>
        index === editing ? null : (
          <div
            class="flow-row"
            key={index}
            role="group"
            aria-label={`${field.label} ${words.row(index + 1)}`}
          >
            <p class="flow-row-title">{`${field.label} ${words.row(index + 1)}`}</p>
            <dl>
              {columnsOf(columns, row)
                .filter(({ key }) => row[key] !== undefined)
                .map((column) => (
                  <div key={column.key}>
                    <dt>{column.label}</dt>
                    <dd>{shown(column, row[column.key])}</dd>
                  </div>
                ))}
            </dl>
            {editing === undefined && (
              <div class="flow-row-actions">
                <button type="button" class="button button-small" onClick={() => open(index)}>
                  {words.edit}
                  <span class="hidden">{words.row(index + 1)}</span>
                </button>
                <button type="button" class="button button-small" onClick={() => remove(index)}>
                  {words.remove}
                  <span class="hidden">{words.row(index + 1)}</span>
                </button>
              </div>
            )}
          </div>
        ),
      )}
      {editing !== undefined ? (
        <Editor
          key={editing}
          field={field}
          place={editing + 1}
          row={rows[editing] ?? {}}
          save={save}
          cancel={rows.length > 0 ? () => setEditing(undefined) : undefined}
          id={id}
          takesFocus={pressed.current}
        />
      ) : (
        <div class="flow-rows-next" ref={next}>
          {rows.length < most && (
            <button type="button" class="button button-wide" onClick={() => open(rows.length)}>
              <Icon name="add" />
              {words.addMore(field.label)}
            </button>
          )}
          <button
            type="button"
            class="button button-wide button-main"
            aria-disabled={busy}
            onClick={() => done(rows)}
          >
            {words.rowsDone(rows.length)}
          </button>
        </div>
      )}
    </div>
  );
}

interface EditorProps {
  field: FlowField;
  place: number;
  row: Row;
  save: (row: Row) => void;
  cancel: (() => void) | undefined;
  id: string;
  /** Somebody opened it; what stands open by itself takes no focus. */
  takesFocus: boolean;
}

function Editor({ field, place, row: before, save, cancel, id, takesFocus }: EditorProps) {
  const { flow: words } = useExtra();
  const columns = field.fields ?? [];
  const [row, setRow] = useState<Row>(before);
  const [missing, setMissing] = useState<readonly string[]>([]);
  const box = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (takesFocus) box.current?.querySelector<HTMLElement>("input, textarea")?.focus();
  }, []);
  useEffect(() => {
    if (!missing.length) return;
    const faulty = box.current?.querySelector<HTMLElement>(
      '[aria-invalid="true"] input, input[aria-invalid="true"]',
    );
    faulty?.focus();
  }, [missing]);
  const submit = () => {
    const read = Object.fromEntries(columns.map((column) => [column.key, readCell(column, row[column.key])]));
    const gone = missingIn(columns, read);
    setMissing(gone);
    if (gone.length === 0) save(rowOf(columns, read));
  };
  const asked = columnsOf(columns, row);
  return (
    <fieldset class="flow-editor" ref={box}>
      <legend class="flow-row-title">{`${field.label} ${words.row(place)}`}</legend>
      {asked.map((column) => {
        const key = `${id}-${column.key}`;
        const wrong = missing.includes(column.key);
        const says = column.required || /[（(]/.test(column.label);
        const label = says ? column.label : column.label + words.optional;
        return (
          <div class="flow-column" key={column.key}>
            {column.options ? (
              <p class="flow-column-label" id={`${key}-label`}>
                {label}
              </p>
            ) : (
              <label class="flow-column-label" id={`${key}-label`} for={`${key}-control`}>
                {label}
              </label>
            )}
            {column.help && <p class="flow-hint-line">{column.help}</p>}
            <Control
              field={column}
              value={row[column.key]}
              change={(value) => {
                setRow((now) => ({ ...now, [column.key]: value }));
                setMissing((now) => now.filter((each) => each !== column.key));
              }}
              id={key}
              labelledBy={`${key}-label`}
              fault={wrong ? `${key}-fault` : undefined}
            />
            <p class="flow-fault" id={`${key}-fault`} role="alert">
              {wrong && (
                <>
                  <Icon name="alert" />
                  {column.options ? words.choose : words.fill}
                </>
              )}
            </p>
          </div>
        );
      })}
      <button type="button" class="button button-wide button-main" onClick={submit}>
        {words.saveRow}
      </button>
      {cancel && (
        <button type="button" class="button button-wide" onClick={cancel}>
          {words.cancelRow}
        </button>
      )}
    </fieldset>
  );
}

/** A cell as the server takes it; what cannot be read here goes as it is, and is refused in words. */
function readCell(column: FlowField, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (column.type === "money") return readAmount(value) ?? value.trim();
  if (column.type === "date" || column.type === "month") return readDay(value, column.type);
  return value.trim();
}

function shown(column: FlowField, value: unknown): string {
  if (column.options) {
    const chosen = Array.isArray(value) ? value : [value];
    return column.options
      .filter((option) => chosen.includes(option.id) || chosen.includes(optionValue(column, option)))
      .map(({ label }) => label)
      .join("、");
  }
  if (column.protected) return masked(String(value), column.type);
  if (column.type === "money") return grouped(String(value));
  return [value, column.unit].filter(Boolean).join(" ");
}
