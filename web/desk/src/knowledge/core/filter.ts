import type { Check, EntryState, Kind, Sort } from "./contract";

export const STATES: readonly EntryState[] = [
  "draft",
  "in_review",
  "scheduled",
  "provisional",
  "published",
  "withdrawn",
];
export const SORTS: readonly Sort[] = [
  "id",
  "changed",
  "expires",
  "due",
  "most_used",
  "voted_down",
  "question",
];
export const KINDS: readonly Kind[] = ["policy", "referral", "refusal"];
export const CHECKS: readonly Check[] = ["L1", "L2", "L3"];
export const EXPIRING_DAYS = 90;

/** Which entries are listed, and in which order. */
export interface Filter {
  state: EntryState | null;
  topic: string | null;
  check: Check | null;
  q: string;
  /** Ends within `EXPIRING_DAYS`. */
  expiring: boolean;
  /** Somebody must look at it by today. */
  due: boolean;
  /** Somebody found it of no use. */
  voted_down: boolean;
  sort: Sort;
}

export const ALL: Filter = {
  state: null,
  topic: null,
  check: null,
  q: "",
  expiring: false,
  due: false,
  voted_down: false,
  sort: "id",
};

/** The query of the list's route; what is left out does not narrow it. */
export function queryOf(filter: Filter): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.state) query.set("state", filter.state);
  if (filter.topic) query.set("topic", filter.topic);
  if (filter.check) query.set("check", filter.check);
  if (filter.q.trim()) query.set("q", filter.q.trim());
  if (filter.expiring) query.set("expires_within", String(EXPIRING_DAYS));
  if (filter.due) query.set("due", "true");
  if (filter.voted_down) query.set("voted_down", "true");
  if (filter.sort !== "id") query.set("sort", filter.sort);
  return query;
}

/** The filter of a query, as it stands in the address; what is none of ours is left out. */
export function filterOf(query: URLSearchParams): Filter {
  const one = <T extends string>(name: string, known: readonly T[]): T | null =>
    known.find((each) => each === query.get(name)) ?? null;
  return {
    state: one("state", STATES),
    topic: query.get("topic"),
    check: one("check", CHECKS),
    q: query.get("q") ?? "",
    expiring: query.has("expires_within"),
    due: query.get("due") === "true",
    voted_down: query.get("voted_down") === "true",
    sort: one("sort", SORTS) ?? "id",
  };
}

/** Whether anything but the state narrows the list. */
export function narrows(filter: Filter): boolean {
  return queryOf({ ...filter, state: null, sort: "id" }).size > 0;
}
