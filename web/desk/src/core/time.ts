const ZONE = "Asia/Shanghai";
const DAY_MS = 86_400_000;

const clock = new Intl.DateTimeFormat("zh-CN", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});
const isoDay = new Intl.DateTimeFormat("en-CA", {
  timeZone: ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});

/** Time of day in Asia/Shanghai, `09:05`. */
export function timeOf(moment: string | number): string {
  return clock.format(new Date(moment));
}

/** The ISO date of a moment in Asia/Shanghai. */
export function dayOf(moment: string | number): string {
  return isoDay.format(new Date(moment));
}

/** `09:05` today, `11-23 09:05` on other days of this year, with the year before that. */
export function momentOf(moment: string, now: number): string {
  const day = dayOf(moment);
  const today = dayOf(now);
  if (day === today) return timeOf(moment);
  const shown = day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day;
  return `${shown} ${timeOf(moment)}`;
}

/** Days from today (Asia/Shanghai) to an ISO date; negative when it is past. */
export function daysUntil(date: string, now: number): number {
  return Math.round((Date.parse(date) - Date.parse(dayOf(now))) / DAY_MS);
}
