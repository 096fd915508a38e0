/** The moment of a local date and time (`2026-12-01T09:00`) in Asia/Shanghai, which knows no summer time. */
export function momentIn(local: string): string {
  return new Date(`${local}+08:00`).toISOString();
}

/** Date and time in Asia/Shanghai as an input of local time takes it. */
export function localOf(moment: number): string {
  return new Date(moment + 8 * 3_600_000).toISOString().slice(0, 16);
}
