const PATHS = {
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 9c.6-4 3.800-6 8-6s7.400 2 8 6",
  robot: "M12 4v3M5 8.500h14v10H5zM9 12.500v2M15 12.500v2M2.500 12v3M21.500 12v3",
  menu: "M4 7h16M4 12h16M4 17h16",
  send: "M4 12 20 4l-4 16-4.500-6.500zM11.500 13.500 20 4",
  down: "m6 9 6 6 6-6",
  close: "m6 6 12 12M18 6 6 18",
  check: "m5 12.500 4.500 4.500L19 7.500",
  alert: "M12 4 2.800 20h18.400zM12 10v4.500M12 17.300v.2",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7.500V12l3 2",
  again: "M20 12a8 8 0 1 1-2.600-5.900M20 3.500V8h-4.500",
  up: "M7 11v9H3.500v-9zM7 11l4-7.500c1.500 0 2.500 1 2.300 2.500L12.700 9.500h5.500c1.500 0 2.300 1 2 2.400l-1.400 6.300c-.3 1.100-1 1.800-2.200 1.800H7",
  bad: "M7 13V4H3.500v9zM7 13l4 7.500c1.500 0 2.500-1 2.300-2.500l-.6-3.500h5.500c1.500 0 2.300-1 2-2.400l-1.400-6.300C18.500 4.700 17.800 4 16.600 4H7",
  sound: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.500 4.500 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  pause: "M8 5v14M16 5v14",
  back: "m15 6-6 6 6 6",
  add: "M12 5v14M5 12h14",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  clip: "m8 12.500 6.500-6.500a3 3 0 0 1 4.300 4.300L11 18a5 5 0 0 1-7-7l7.500-7.500",
  file: "M6 3.500h8l4 4v13H6zM14 3.500v4h4",
  next: "m9 6 6 6-6 6",
  print: "M7 9V4h10v5M7 17H4v-7.500h16V17h-3M7 14h10v6H7z",
} as const;

export type IconName = keyof typeof PATHS;

/** A mark beside a word, never instead of one. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
