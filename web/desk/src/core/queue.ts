import type { Detail, Row, Staff } from "./contract";

/** Seconds after which a taxpayer in hand has waited too long for the next reply. */
export const LATE_REPLY_SECONDS = 180;

const SERVES: Record<Row["tier"], readonly string[]> = {
  officer: ["officer", "guide", "shift_leader"],
  expert: ["expert"],
};

const READS: readonly string[] = [...SERVES.officer, ...SERVES.expert, "quality", "auditor"];

const KNOWLEDGE: readonly string[] = ["editor", "reviewer", "administrator", "auditor"];

/** Whether someone may look at consultations. */
export function hasConsultations(staff: Staff): boolean {
  return staff.roles.some((role) => READS.includes(role));
}

/** Whether someone may look at the knowledge base. */
export function hasKnowledge(staff: Staff): boolean {
  return staff.roles.some((role) => KNOWLEDGE.includes(role));
}

/** Whether someone may take consultations of a tier. */
export function serves(staff: Staff, tier: Row["tier"]): boolean {
  return staff.roles.some((role) => SERVES[tier].includes(role));
}

/** The order in which to take them: priority, then who waits longest. */
export function inOrder(rows: readonly Row[]): Row[] {
  return [...rows].sort(
    (a, b) =>
      b.priority - a.priority ||
      Date.parse(a.waiting_since) - Date.parse(b.waiting_since) ||
      a.consultation_id.localeCompare(b.consultation_id),
  );
}

/** Whole seconds since a moment, never negative: clocks differ. */
export function secondsSince(moment: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(moment)) / 1000));
}

/** Whether one who waits in a queue is past the promised time. */
export function isLate(row: Row, now: number): boolean {
  return row.state === "waiting" && !!row.deadline_at && Date.parse(row.deadline_at) < now;
}

/** Whether a taxpayer in hand has waited too long for a reply. */
export function replyIsLate(since: string | null, now: number): boolean {
  return since !== null && secondsSince(since, now) >= LATE_REPLY_SECONDS;
}

/** Whom one may take and who is late, of those who wait. */
export function lateOnes(waiting: readonly Row[], staff: Staff, now: number): Row[] {
  return inOrder(waiting).filter((row) => serves(staff, row.tier) && isLate(row, now));
}

/**
 * Where to go next: who of mine waits longest for a reply, else the first in line whom I may take, else
 * the next one of mine. The one that is open already is passed over; null when nothing else is there.
 */
export function nextOne(
  mine: readonly Row[],
  waiting: readonly Row[],
  staff: Staff,
  open: string | null,
  unanswered: (id: string) => string | null,
): string | null {
  const others = mine.filter((row) => row.consultation_id !== open).map((row) => row.consultation_id);
  const asking = others
    .map((id) => ({ id, since: unanswered(id) }))
    .filter((each): each is { id: string; since: string } => each.since !== null)
    .sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
  const first = inOrder(waiting).find((row) => row.consultation_id !== open && serves(staff, row.tier));
  const after = mine.findIndex((row) => row.consultation_id === open);
  const rest = after < 0 ? others : [...others.slice(after), ...others.slice(0, after)];
  return asking[0]?.id ?? first?.consultation_id ?? rest[0] ?? null;
}

/** Whether as many are in hand as one takes at once; a shift leader may take more. */
export function isFull(inHand: number, capacity: number | null, staff: Staff): boolean {
  return capacity !== null && inHand >= capacity && !staff.roles.includes("shift_leader");
}

/** What one can do with a consultation. */
export type Standing = "mine" | "others" | "waiting" | "not_my_tier" | "done";

export function standing(row: Row, staff: Staff): Standing {
  if (row.state === "done") return "done";
  if (row.state === "held") return row.holder?.id === staff.id ? "mine" : "others";
  return serves(staff, row.tier) ? "waiting" : "not_my_tier";
}

/** How a consultation on the screen ended without our doing; undefined when it did not, or we closed it. */
export function endedBy(
  before: Detail | undefined,
  after: Row,
  closedByMe: boolean,
): "left" | "ended" | undefined {
  if (!before || before.state === "done" || after.state !== "done" || closedByMe) return undefined;
  return before.state === "waiting" ? "left" : "ended";
}
