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
  /** Why a question about the profile is asked. */
  why?: string;
  /** The consultation that a survey is about; it is closed by then. */
  consultation_id?: string;
  /** The opening words of a conversation. */
  greeting?: boolean;
  /** What stood here was erased by law; `text` is a notice. */
  erased?: boolean;
  /** The typed input a taxpayer's message came from. */
  input?: Input;
  [key: string]: unknown;
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
  card?: Card | null;
  client_message_id?: string | null;
  meta?: MessageMeta | null;
}

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
  | { type: "leave_queue" }
  | { type: "close" };

export type Outgoing = { text: string } | { input: Input };

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
