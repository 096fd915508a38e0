import type { Texts } from "../texts";
import type { Source } from "./contract";

const DAY = 86_400_000;
/** China keeps UTC+8 all year; counting it ourselves spares old WebViews their gaps in time zones. */
const SHANGHAI = 8 * 3_600_000;

const inShanghai = (moment: number): Date => new Date(moment + SHANGHAI);

/** The date in Asia/Shanghai at a moment (ms since the epoch), ISO. */
export const dayOf = (moment: number): string => inShanghai(moment).toISOString().slice(0, 10);

/** The hour in Asia/Shanghai, "09:05". */
export const timeOf = (moment: number): string => inShanghai(moment).toISOString().slice(11, 16);

/** The date and hour in Asia/Shanghai, "2026-11-24 09:05". */
export const momentOf = (moment: number): string => `${dayOf(moment)} ${timeOf(moment)}`;

/** Whole days from today to an ISO date; negative when it is past. */
export function daysUntil(date: string, now: number): number {
  return Math.round((Date.parse(date.slice(0, 10)) - Date.parse(dayOf(now))) / DAY);
}

/** An ISO date as people write it: with the year only when it is another one. */
export function dateLabel(texts: Texts, date: string, now: number): string {
  const [year = 0, month = 0, day = 0] = date.slice(0, 10).split("-").map(Number);
  if (String(year) !== dayOf(now).slice(0, 4)) return texts.log.dayOfYear(year, month, day);
  const weekday = texts.log.weekdays[new Date(Date.parse(date.slice(0, 10))).getUTCDay()] ?? "";
  return texts.log.day(month, day, weekday);
}

/** The separator above the first message of a day. */
export function dayLabel(texts: Texts, moment: number, now: number): string {
  const away = daysUntil(dayOf(moment), now);
  if (away === 0) return texts.log.today;
  if (away === -1) return texts.log.yesterday;
  return dateLabel(texts, dayOf(moment), now);
}

/** When something opens: "今天 14:00" or the day and the hour. */
export function openingLabel(texts: Texts, moment: number, now: number): string {
  const day = dayOf(moment) === dayOf(now) ? texts.log.today : dateLabel(texts, dayOf(moment), now);
  return `${day} ${timeOf(moment)}`;
}

export function waitLabel(texts: Texts, seconds: number): string {
  if (seconds < 60) return texts.wait.underMinute;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? texts.wait.minutes(minutes) : texts.wait.hours(Math.round(minutes / 60));
}

export interface Due {
  date: string;
  left: string;
  /** late: past or today; soon: within three days; calm: later. */
  urgency: "calm" | "soon" | "late";
}

export function dueOf(texts: Texts, date: string, now: number): Due {
  const days = daysUntil(date, now);
  const label = texts.card.due(dateLabel(texts, date, now));
  if (days < 0) return { date: label, left: texts.card.overdue(-days), urgency: "late" };
  if (days === 0) return { date: label, left: texts.card.dueToday, urgency: "late" };
  if (days === 1) return { date: label, left: texts.card.dueTomorrow, urgency: "soon" };
  return { date: label, left: texts.card.left(days), urgency: days <= 3 ? "soon" : "calm" };
}

export interface Validity {
  text: string;
  state: "current" | "expired" | "future";
}

/** Whether a source is in force today; its last day counts as in force. */
export function validityOf(texts: Texts, source: Source, now: number): Validity {
  const today = dayOf(now);
  const { effective_from: from, effective_to: to } = source;
  if (to && to < today) return { text: texts.sources.expired(to), state: "expired" };
  if (from && from > today) return { text: texts.sources.future(from), state: "future" };
  if (to) return { text: texts.sources.until(to), state: "current" };
  return { text: from ? texts.sources.since(from) : texts.sources.current, state: "current" };
}
