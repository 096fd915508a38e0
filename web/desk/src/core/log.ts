import type { FileRef, Message } from "./contract";

/** A message of ours that the log does not hold yet. */
export interface Outgoing {
  client_message_id: string;
  text: string;
  files: readonly FileRef[];
  /** Moment of writing, RFC 3339. */
  at: string;
  state: "sending" | "failed" | "refused";
  /** Its place, once the server told it. */
  seq?: number;
}

/** Adds messages: ordered by seq, each once; one that comes again replaces what was known. */
export function merge(log: readonly Message[], incoming: readonly Message[]): readonly Message[] {
  if (incoming.length === 0) return log;
  const bySeq = new Map(log.map((message) => [message.seq, message]));
  for (const message of incoming) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** What of `outgoing` is not in the log yet. */
export function remaining(outgoing: readonly Outgoing[], log: readonly Message[]): readonly Outgoing[] {
  if (outgoing.length === 0) return outgoing;
  const ids = new Set(log.map((message) => message.client_message_id));
  const seqs = new Set(log.map((message) => message.seq));
  const left = outgoing.filter(
    (each) => !ids.has(each.client_message_id) && !(each.seq !== undefined && seqs.has(each.seq)),
  );
  return left.length === outgoing.length ? outgoing : left;
}

/** Since when the taxpayer waits for a reply of a person: the first message after the last such reply. */
export function unansweredSince(log: readonly Message[]): string | null {
  let since: string | null = null;
  for (const message of log) {
    if (message.sender === "officer" || message.sender === "expert") since = null;
    else if (asksSomething(message)) since ??= message.at;
  }
  return since;
}

/** Whether a person owes a reply: what goes to a flow, the flow answers. */
function asksSomething({ sender, kind, meta }: Message): boolean {
  return sender === "taxpayer" && (kind === "text" || kind === "file") && !isFlowInput(meta?.input);
}

/** Whether the taxpayer filled in or moved a guided flow. */
export function isFlowInput(input: { type: string } | undefined): boolean {
  return input?.type === "flow_field" || input?.type === "flow_action";
}

/** Whether a message changes what is known beside the log: the flow's answers, the list of files. */
export function changesContext(message: Message): boolean {
  return message.kind === "flow" || message.kind === "file";
}

/** What the taxpayer already answered, by the message it refers to: the id of a choice or of a card's action. */
export function answersOf(log: readonly Message[]): ReadonlyMap<number, string> {
  const answers = new Map<number, string>();
  for (const { sender, meta } of log) {
    const input = sender === "taxpayer" ? meta?.input : undefined;
    if (input?.ref_seq === undefined || (input.type !== "choice" && input.type !== "card")) continue;
    const answer = input.id ?? input.action;
    if (answer !== undefined) answers.set(input.ref_seq, answer);
  }
  return answers;
}
