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
  client_message_id?: string | null;
  meta?: {
    erased?: boolean;
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
  files?: { name?: string | null }[];
  flow?: { flow_id?: string; title?: string; step?: unknown } | null;
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
