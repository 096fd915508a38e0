/** The shapes of the public contract v1 that the desk uses. Moments are RFC 3339 in UTC, dates ISO in Asia/Shanghai. */

export type Tier = "officer" | "expert";
export type Owner = "bot" | "officer_queue" | "officer" | "expert_queue" | "expert";
export type EntryState = "waiting" | "held" | "done";
export type PresenceState = "available" | "busy" | "away";
export type Result = "solved" | "unsolved" | "ticket";
export type ListState = "waiting" | "mine" | "open" | "closed";

export interface Staff {
  id: string;
  name: string;
  roles: string[];
  offices: string[];
}

export interface Session {
  token: string;
  expires_at: string;
  staff: Staff;
}

export interface Queue {
  id: string;
  name: string;
  tier: Tier;
  waiting: number;
  oldest_wait_seconds?: number | null;
  on_duty: number;
  open: boolean;
}

export interface Holder {
  id: string;
  name: string;
}

export interface Row {
  consultation_id: string;
  conversation_id: string;
  /** Id of the queue. */
  queue: string;
  tier: Tier;
  owner: Owner;
  state: EntryState;
  holder?: Holder | null;
  waiting_since: string;
  deadline_at?: string | null;
  /** When an answer was promised: set out of office hours. */
  promised_at?: string | null;
  closed_at?: string | null;
  reason: string;
  question: string;
  priority: number;
  taxpayer: { name: string; assurance: string };
}

export interface Source {
  document: string;
  number?: string | null;
  article?: string | null;
  effective_from?: string | null;
  /** Last day in force, inclusive. */
  effective_to?: string | null;
  url?: string | null;
  kind?: string | null;
}

export interface Choice {
  id: string;
  label: string;
}

export interface Card {
  campaign: string;
  why?: string | null;
  due?: string | null;
  actions?: Choice[];
  data_as_of?: string | null;
}

/** A photo or document that the taxpayer sent; pictures have a width. */
export interface FileRef {
  file_id: string;
  name: string;
  /** Media type, by content. */
  type: string;
  /** Bytes, as kept. */
  size: number;
  width?: number | null;
  height?: number | null;
}

export interface SentFile extends FileRef {
  seq: number;
  sent_at: string;
  /** Its time was over; only the name is left. */
  removed?: boolean;
}

export interface FlowResult {
  /** Open: `pass`, `supplement` or `person`. */
  verdict: string;
  title: string;
  text: string;
  items?: string[];
  checklist?: string[];
  disclaimer?: string;
}

export interface Progress {
  step: number;
  of: number;
}

/** Where a guided flow stood when a message was sent. */
export interface FlowPart {
  flow_id: string;
  run_id: string;
  title: string;
  /** A step's id, `summary` or `result`. */
  step: string;
  /** Open: `active`, `paused`, `done`, `cancelled`, `expired` or `with_person`. */
  state: string;
  progress: Progress;
  fields?: { key: string; label: string }[];
  result?: FlowResult | null;
}

export interface FlowAnswer {
  step: string;
  label: string;
  /** As it is shown; what is protected is masked. */
  value: string;
  /** References of what is kept sealed. */
  protected?: string[];
}

/** The guided flow of a consultation, with all that was answered. */
export interface FlowContext {
  flow_id: string;
  run_id: string;
  title: string;
  state: string;
  /** Label of what is asked now. */
  step?: string | null;
  progress: Progress;
  answers: FlowAnswer[];
  result?: FlowResult | null;
}

/** A flow that can be sent. */
export interface FlowOut {
  flow_id: string;
  title: string;
  about: string;
  minutes: number;
}

export interface Presence {
  state: PresenceState;
  /** Consultations that one takes at once; null for no limit. */
  capacity?: number | null;
}

export interface Message {
  seq: number;
  at: string;
  consultation_id?: string | null;
  sender: "taxpayer" | "bot" | "officer" | "expert" | "system";
  name?: string | null;
  /** Open: a kind this page does not know shows its text. */
  kind: string;
  text: string;
  sources?: Source[];
  choices?: Choice[];
  entry_id?: string | null;
  card?: Card | null;
  flow?: FlowPart | null;
  client_message_id?: string | null;
  meta?: {
    erased?: boolean;
    files?: FileRef[];
    /** Whether the text is the taxpayer's own, beside files. */
    captioned?: boolean;
    input?: { type: string; ref_seq?: number; id?: string; action?: string };
    [key: string]: unknown;
  } | null;
}

export interface Candidate {
  entry_id: string;
  question?: string | null;
  score?: number | null;
  bm25?: number | null;
  cosine?: number | null;
}

export interface Attempt {
  at: string;
  question: string;
  decision?: string | null;
  confidence?: number | null;
  entry_id?: string | null;
  candidates?: Candidate[];
}

export interface Earlier {
  consultation_id: string;
  opened_at: string;
  closed_at?: string | null;
  question: string;
  result?: string | null;
  matter?: string | null;
  summary?: string | null;
  score?: number | null;
}

export interface Transfer {
  at: string;
  from_tier: Tier;
  to_tier: Tier;
  by: Holder;
  reason: string;
  summary: string;
}

export interface DueItem {
  title: string;
  due?: string | null;
}

export type Profile = Record<string, unknown>;

export interface Context {
  question: string;
  reason: string;
  opened_at: string;
  taxpayer: { name: string; assurance: string; profile?: Profile | null };
  attempts?: Attempt[];
  summary?: string | null;
  files?: SentFile[];
  flow?: FlowContext | null;
  earlier?: Earlier[];
  transfers?: Transfer[];
  due_items?: DueItem[];
}

export interface Detail extends Row {
  context: Context;
  messages: Message[];
}

export type Frame =
  | { type: "ready" }
  | { type: "queues"; items: Queue[] }
  | { type: "consultation"; consultation_id: string }
  | { type: "message"; consultation_id: string; message: Message }
  | { type: "typing"; consultation_id: string }
  | { type: "read"; consultation_id: string; seq: number }
  | { type: "ping" };
