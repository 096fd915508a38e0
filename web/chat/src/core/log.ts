import type { Message } from "./contract";

/**
 * Adds messages to the log: ordered by seq, each seq once. A seq that comes again replaces what was known,
 * because the server may have added to it (an answered card, an emptied text). Returns the same array when
 * nothing changed.
 */
export function merge(log: readonly Message[], incoming: readonly Message[]): readonly Message[] {
  if (incoming.length === 0) return log;
  if (isTail(log, incoming)) return log.concat(incoming);
  const bySeq = new Map<number, Message>();
  for (const message of log) bySeq.set(message.seq, message);
  let changed = false;
  for (const message of incoming) {
    const known = bySeq.get(message.seq);
    if (known && JSON.stringify(known) === JSON.stringify(message)) continue;
    bySeq.set(message.seq, message);
    changed = true;
  }
  if (!changed) return log;
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** The usual case: all of it is new, in order. */
function isTail(log: readonly Message[], incoming: readonly Message[]): boolean {
  let last = lastSeq(log);
  return incoming.every((message) => {
    const follows = message.seq > last;
    last = message.seq;
    return follows;
  });
}

/** The seq to resume after: the last one of the log, 0 when it is empty. */
export function lastSeq(log: readonly Message[]): number {
  return log.length ? (log[log.length - 1] as Message).seq : 0;
}

const ONE_REPLY = 60_000;

/**
 * Where the newest news begin, a seq: the messages said to the taxpayer since their last one, within a
 * minute, not before `from`. 0 when the taxpayer spoke last.
 */
export function newsFrom(log: readonly Message[], from: number): number {
  const newest = log.length ? Date.parse((log[log.length - 1] as Message).at) : 0;
  let seq = 0;
  for (let index = log.length - 1; index >= 0; index -= 1) {
    const message = log[index] as Message;
    if (message.sender === "taxpayer" || message.seq < from) break;
    if (newest - Date.parse(message.at) > ONE_REPLY) break;
    seq = message.seq;
  }
  return seq;
}

/** What the taxpayer already answered to the message `seq`: a choice's or an action's id. */
export function answerTo(log: readonly Message[], seq: number): string | undefined {
  for (const message of log) {
    if (message.seq === seq && message.meta?.answered) return message.meta.answered;
    const input = message.sender === "taxpayer" ? message.meta?.input : undefined;
    if (input?.type === "choice" && input.ref_seq === seq) return input.id;
    if (input?.type === "card" && input.ref_seq === seq) return input.action;
  }
  return undefined;
}

/** The score already given to a consultation. */
export function ratingOf(
  log: readonly Message[],
  consultationId: string | null | undefined,
): number | undefined {
  for (const message of log) {
    const input = message.meta?.input;
    if (input?.type === "rating" && input.consultation_id === consultationId) return input.score;
  }
  return undefined;
}

/** How many messages of others after `readSeq` came since a moment (in ms); the greeting is none. */
export const unreadIn = (log: readonly Message[], readSeq: number, since: number): number =>
  log.filter(
    ({ sender, seq, at, meta }) =>
      sender !== "taxpayer" && seq > readSeq && Date.parse(at) > since && !meta?.suggestions,
  ).length;
