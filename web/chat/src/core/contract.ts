/** The shapes of the public contract v1 that this page uses. Moments are RFC 3339 in UTC, dates ISO in Asia/Shanghai. */

export type Sender = "taxpayer" | "bot" | "officer" | "expert" | "system";
export type Owner = "bot" | "officer_queue" | "officer" | "expert_queue" | "expert";

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

/** A tappable question; its label is sent as text. */
export interface Suggestion {
  id?: string;
  label: string;
}

/** What a taxpayer's message was, beside its text. */
export interface MessageMeta {
  suggestions?: Suggestion[];
  /** The choice or action already given, an id. */
  answered?: string;
  /** The answer is the likely one; its choices are other questions that may have been meant. */
  likely?: boolean;
  /** The fact that the choices state; the text asks for it. */
  profile_field?: string;
  /** Why a question about the profile is asked. */
  why?: string;
  /** The consultation that a survey is about; it is closed by then. */
  consultation_id?: string;
  /** The opening words of a conversation. */
  greeting?: boolean;
  /** What stood here was erased by law; `text` is a notice. */
  erased?: boolean;
  /** What the message carries; `captioned` when it has words of its own beside them. */
  files?: FileRef[];
  captioned?: boolean;
  /** The typed input a taxpayer's message came from. */
  input?: Input;
  [key: string]: unknown;
}

/** A file of a message, as it is kept. */
export interface FileRef {
  file_id: string;
  name: string;
  /** Media type, by content. */
  type: string;
  /** Bytes. */
  size: number;
  /** Pixels, of a picture. */
  width?: number | null;
  height?: number | null;
}

export type FieldType =
  | "choice"
  | "multi"
  | "yes_no"
  | "text"
  | "money"
  | "number"
  | "date"
  | "month"
  | "identity_number"
  | "phone"
  | "uscc"
  | "list"
  | "confirm";

export interface FlowOption extends Choice {
  help?: string;
}

/** What a step asks for; `fields` are the columns of a list. */
export interface FlowField {
  key: string;
  /** Open: a type this page does not know is a text. */
  type: FieldType;
  label: string;
  required: boolean;
  help?: string;
  why?: string;
  options?: FlowOption[];
  value?: unknown;
  unit?: string;
  min?: string;
  max?: string;
  max_length?: number;
  protected?: boolean;
  fields?: FlowField[];
  /** Of a column: a condition over the columns before it. */
  when?: unknown;
}

export interface FlowResult {
  id: string;
  verdict: "pass" | "supplement" | "person";
  title: string;
  text: string;
  items: string[];
  checklist: string[];
  actions: { label: string; url?: string; flow?: string; entry?: string }[];
  disclaimer: string;
}

export type FlowState = "active" | "paused" | "done" | "cancelled" | "expired" | "with_person";
export type FlowAction = "back" | "change" | "explain" | "pause" | "resume" | "cancel" | "person" | "restart";

export interface SummaryLine {
  step: string;
  label: string;
  value: string;
}

/** Where a run of a guided flow stands, and what it asks. */
export interface Flow {
  flow_id: string;
  run_id: string;
  title: string;
  /** A step's id, `summary` or `result`. */
  step: string;
  state: FlowState;
  progress: { step: number; of: number };
  fields: FlowField[];
  actions: { id: FlowAction; label: string }[];
  /** The question, or what is said of the run. */
  prompt?: string;
  /** What is said before it. */
  notes?: string[];
  /** Why the value before was refused, and in which row of a list (1 is the first). */
  fault?: string;
  fault_row?: number;
  /** A run can be gone on with for so many days after its last answer. */
  days?: number;
  summary?: SummaryLine[];
  result?: FlowResult;
}

export interface Message {
  seq: number;
  at: string;
  consultation_id?: string | null;
  sender: Sender;
  name?: string | null;
  /** Open: a kind this page does not know shows its text. */
  kind: string;
  text: string;
  sources?: Source[];
  choices?: Choice[];
  entry_id?: string | null;
  flow?: Flow | null;
  card?: Card | null;
  client_message_id?: string | null;
  meta?: MessageMeta | null;
}

/** Whether a message is an entry's own words: the law, who else is in charge, or what cannot be done. */
export const givesEntry = ({ kind, entry_id }: Pick<Message, "kind" | "entry_id">): boolean =>
  kind === "answer" || (kind === "handoff" && !!entry_id);

export interface Queue {
  /** 1 is next. */
  place?: number | null;
  expected_wait_seconds?: number | null;
  open?: boolean;
  opens_at?: string | null;
}

export type Input =
  | { type: "choice"; ref_seq: number; id: string }
  | { type: "card"; ref_seq: number; action: string }
  | { type: "rating"; consultation_id: string; score: number; comment?: string }
  | { type: "vote"; ref_seq: number; useful: boolean; reason?: string }
  | { type: "flow_field"; run_id: string; field: string; value: unknown }
  | { type: "flow_action"; run_id: string; action: FlowAction; step?: string }
  | { type: "flow"; flow_id: string }
  | { type: "leave_queue" }
  | { type: "close" };

export type Outgoing = { text: string; file_ids?: string[] } | { file_ids: string[] } | { input: Input };

export interface Standing {
  owner: Owner;
  /** The language of what is said from now on, the same for all devices of the conversation. */
  locale?: string | null;
  queue?: Queue | null;
  consultation_id?: string | null;
  /** The name of the officer or expert who holds the chat. */
  holder?: string | null;
}

export interface Page extends Standing {
  messages: Message[];
  last_seq: number;
}

export type Frame =
  | { type: "message"; message: Message }
  | ({ type: "owner" } & Standing)
  | { type: "queue"; queue: Queue }
  | { type: "typing"; sender: Sender }
  | { type: "read"; seq: number }
  | { type: "ping" };

export interface Session {
  session_id: string;
  session_token: string;
  expires_at: string;
  conversation_id: string;
  greeting?: string | null;
  /** The bureau's name, as it calls itself. */
  bureau?: string | null;
}

/** A contact in the past, as the history gives it. */
export interface ConsultationSummary {
  id: string;
  opened_at: string;
  closed_at?: string | null;
  question: string;
  /** solved, unsolved or ticket. */
  result?: string | null;
  score?: number | null;
}

/** A page of the history, the newest first. */
export interface History {
  messages: Message[];
  consultations: ConsultationSummary[];
  next_before?: number | null;
  /** Whom the conversation is held for; absent for a visitor. */
  taxpayer?: string | null;
}

/** A guided flow that can be started. */
export interface FlowOffer {
  flow_id: string;
  title: string;
  about?: string | null;
  minutes?: number | null;
}

/** An RFC 9457 problem document. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  /** Seconds the server asks us to wait, from Retry-After. */
  retryAfter?: number;
}
