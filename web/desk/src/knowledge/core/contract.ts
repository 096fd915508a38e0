/** The shapes of `/api/v1/kb`. Moments are RFC 3339 in UTC, dates ISO in Asia/Shanghai, `valid_to` inclusive. */

import type { Holder, Source } from "../../core/contract";

export type Live = "draft" | "provisional" | "published" | "withdrawn";
export type Work = "draft" | "in_review" | "scheduled";
export type EntryState = Live | Work;
export type Check = "L1" | "L2" | "L3";
export type Kind = "policy" | "referral" | "refusal";
export type Visibility = "public" | "staff";
export type Sort = "id" | "changed" | "expires" | "due" | "most_used" | "voted_down" | "question";

/** A condition on the taxpayer, by field; a list holds the values that do. */
export type When = Record<string, unknown>;

export interface Case {
  when: When;
  answer: string;
}

export interface SourceRef {
  document: string;
  provision: string | null;
}

export interface English {
  question: string;
  aliases: string[];
  answer: string;
  cases: string[];
}

/** What is edited. */
export interface Content {
  kind: Kind;
  topic: string;
  question: string;
  aliases: string[];
  answer: string;
  cases: Case[];
  /** Its answer is right whoever asks: it is given before anything is asked. */
  general: boolean;
  sources: SourceRef[];
  /** Of a referral or refusal; a policy is dated by its sources. */
  checked_on: string | null;
  region: string | null;
  audience: When | null;
  visibility: Visibility;
  valid_from: string | null;
  valid_to: string | null;
  check: Check;
  related: string[];
  flow: string | null;
  en: English | null;
}

export interface Fault {
  field: string;
  /** Dotted, positions from 0: `cases.0.answer`. */
  path: string;
  rule?: string | null;
  values?: Readonly<Record<string, string | number>>;
  /** In English where it comes from the server. */
  message: string;
}

export interface Deed {
  by: Holder;
  at: string;
  reason: string;
}

export interface EntryRow {
  id: string;
  kind: Kind;
  topic: string;
  question: string;
  state: EntryState | null;
  live: Live | null;
  work: Work | null;
  version: number;
  live_version: number | null;
  head_version: number;
  check: Check;
  visibility: Visibility;
  region: string | null;
  valid_to: string | null;
  verify_by: string | null;
  usage: { answers: number; up: number; down: number; last_at: string | null };
  changed_at: string;
  changed_by: Holder;
  submitted: Deed | null;
  publish_at: string | null;
}

export interface Entry extends EntryRow {
  content: Content;
  live_content: Content | null;
  faults: Fault[];
  validity: { start: string | null; end: string | null } | null;
  sources: Source[];
  reviewed_at: string | null;
  reviewed_by: string | null;
  returned: Deed | null;
  approved: Deed | null;
  withdrawn: Deed | null;
  verified: Deed | null;
  linked_from: string[];
  own_work: boolean;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Summary {
  states: Record<EntryState, number>;
  expiring: { within_days: number; count: number };
  due: number;
  voted_down: number;
  topics: { topic: string; count: number }[];
}

export interface LawDocument {
  id: string;
  cite: string;
  title: string;
  status: string;
  effective_from: string | null;
  effective_to: string | null;
  check: Check;
  provisions: { id: string; article: string }[];
}

export interface VersionRow {
  version: number;
  at: string;
  author: Holder;
  note: string;
  origin: "edit" | "import" | "revert";
  /** Two saved at once and this was the second; it never was the entry's text. */
  aside: boolean;
  base_version: number | null;
  published_at: string | null;
}

export interface Part {
  op: "same" | "add" | "del";
  text: string;
}

export interface FieldDifference {
  field: string;
  change: "changed" | "added" | "removed";
  before: unknown;
  after: unknown;
  parts: Part[];
  items: Part[];
}

export interface Difference {
  before: number;
  after: number;
  fields: FieldDifference[];
}

/** Two saved at once: what a 409 `entry_changed` tells the second. */
export interface Conflict {
  head_version: number;
  kept_as: number;
  base: Content;
  theirs: { version: number; author: Holder; at: string; note: string; content: Content };
  yours: Content;
  merged: Content;
  conflicts: (keyof Content)[];
}

export interface Question {
  text: string;
  profile: Record<string, string>;
  as_of: string | null;
  region: string | null;
  visibility: Visibility;
  entry_id?: string;
  content?: Content;
}

export type Decision = "answer" | "refer" | "refuse" | "clarify" | "ask_profile" | "handoff";

export interface Tried {
  outcome: {
    decision: Decision;
    reason: string;
    text: string;
    sources: Source[];
    choices: { id: string; label: string }[];
    confidence: number;
    entry_id: string | null;
    flow: string | null;
    profile_field: string | null;
  };
  understood: { text: string; stated: Record<string, unknown> };
  thresholds: Record<string, number>;
  features: { name: string; value: number; part: number }[];
  probability: number | null;
  candidates: {
    entry_id: string;
    question: string;
    score: number;
    bm25: number;
    cosine: number;
    support: number;
    exact: boolean;
  }[];
  left_out: { entry_id: string; question: string; score: number; why: string; detail: string }[];
  version: string;
}

export interface First {
  entry_id: string;
  question: string;
  decision: Decision;
}

export interface Effect {
  known: number;
  checked: number;
  seconds: number;
  truncated: boolean;
  moved: {
    question: string;
    kind: "alias" | "evaluation" | "asked";
    owner: string | null;
    before: First | null;
    after: First | null;
    better: boolean | null;
  }[];
}

export type Trouble = "unanswered" | "not_chosen" | "voted_down" | "low_rating";

/** Questions that ask the same and were not answered well. */
export interface Group {
  id: string;
  /** The most central one. */
  question: string;
  count: number;
  first_at: string;
  last_at: string;
  why: Partial<Record<Trouble, number>>;
  /** At most five, masked. */
  examples: { text: string; at: string; why: Trouble; entry_id: string | null }[];
  nearest: { entry_id: string; question: string; cosine: number }[];
  handled: {
    handled_as: "entry" | "alias" | "dismissed";
    entry_id: string | null;
    note: string;
    by: Holder;
    at: string;
  } | null;
}

/** Conversations that got an entry between two moments. */
export interface Reached extends Page<{ conversation_id: string; at: string; times: number }> {
  count: number;
}

/** A notice to those who got a wrong answer; both moments are included. */
export interface Correction {
  id: string;
  entry_id: string;
  right_entry_id: string | null;
  from: string;
  to: string;
  text: string;
  decided: Deed;
  state: string;
  conversations: number;
  sent: number;
}

/** What was imported beside the knowledge base; it never answers a taxpayer. */
export interface Collection {
  collection: string;
  files: number;
  passages: number;
}

/** A part of an imported file: an article, a section, or a question with its answer. */
export interface Passage {
  name: string;
  passage: { label: string; heading: string; asked: string[]; text: string };
}
