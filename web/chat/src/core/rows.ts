import type { Message } from "./contract";
import type { FlowPlace } from "./flow";
import { dayOf } from "./format";
import type { Unsent } from "./outbox";

/** What the log shows, top to bottom. `first`: the speaker's name stands above it. */
export type Row =
  | { type: "day"; key: string; at: number }
  | { type: "unread"; key: string }
  | { type: "message"; key: string; message: Message; first: boolean; place?: FlowPlace }
  | { type: "unsent"; key: string; item: Unsent };

const GROUP = 5 * 60_000;

/** A quiet input leaves nothing to see; a rating shows in the survey that it answers. */
const isShown = (message: Message): boolean =>
  message.kind !== "rating" &&
  (message.text.trim() !== "" || Boolean(message.card) || Boolean(message.choices?.length));

const NO_PLACES: ReadonlyMap<number, FlowPlace> = new Map();

/** Lays out the log and what is still on its way. */
export function rowsOf(
  log: readonly Message[],
  unsent: readonly Unsent[],
  unreadFrom: number,
  places = NO_PLACES,
): Row[] {
  const rows: Row[] = [];
  let day = "";
  let before: Message | undefined;
  const separate = (at: number) => {
    if (dayOf(at) === day) return;
    day = dayOf(at);
    before = undefined;
    rows.push({ type: "day", key: `day-${day}`, at });
  };
  for (const message of log) {
    const place = places.get(message.seq);
    if (!isShown(message) || place?.as === "hidden") continue;
    if (message.meta?.erased && before?.meta?.erased) continue; // one notice for a whole stretch
    const at = Date.parse(message.at);
    separate(at);
    if (unreadFrom && message.seq >= unreadFrom && !rows.some((row) => row.type === "unread")) {
      rows.push({ type: "unread", key: "unread" });
      before = undefined;
    }
    const key = message.client_message_id ?? String(message.seq);
    const first = !goesOn(before, message);
    rows.push(
      place ? { type: "message", key, message, first, place } : { type: "message", key, message, first },
    );
    // A line of a flow names nobody, so whoever speaks next is named again.
    before = place && place.as !== "now" ? undefined : message;
  }
  for (const item of unsent) {
    if (item.label === null && item.state !== "refused") continue;
    separate(Date.parse(item.at));
    rows.push({ type: "unsent", key: item.id, item });
  }
  return rows;
}

function goesOn(before: Message | undefined, message: Message): boolean {
  return (
    before !== undefined &&
    before.sender === message.sender &&
    before.name === message.name &&
    !before.card &&
    !message.card &&
    Date.parse(message.at) - Date.parse(before.at) < GROUP
  );
}
