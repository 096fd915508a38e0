import { texts } from "../texts";

/** A duration as read at a glance: minutes up to an hour, then hours and minutes, then days. */
export function durationOf(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return texts.duration.underMinute;
  if (minutes < 60) return texts.duration.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? texts.duration.hours(hours, minutes % 60) : texts.duration.days(Math.floor(hours / 24));
}
