import type { Locale } from "../texts";
import type { Link } from "./connection";
import type { FlowOffer, Message, Owner, Queue, Sender } from "./contract";
import { type Given, NOTHING_GIVEN } from "./given";
import type { Unsent } from "./outbox";
import type { Store } from "./storage";

export interface State {
  link: Link;
  /** The language wished for; the page speaks it as soon as its texts are loaded. */
  locale: Locale;
  /** The host's token was refused: the taxpayer chooses between signing in again and going on without. */
  tokenRefused: boolean;
  /** The server does not serve the page that embeds the chat. */
  closed: boolean;
  /** Whose files and runs these are; empty until there is a session. */
  conversation: string;
  greeting: string;
  bureau: string;
  log: readonly Message[];
  /** The log holds what was said before this page came; what comes now is news. */
  caughtUp: boolean;
  unsent: readonly Unsent[];
  owner: Owner;
  queue: Queue | undefined;
  consultationId: string | undefined;
  /** The name of the officer or expert who serves; empty when none does, or it is not told. */
  holder: string;
  typing: Sender | undefined;
  readSeq: number;
  /** The first message that came while nobody looked; 0 when there is none. */
  unreadFrom: number;
  given: Given;
  /** The guided flows that can be started; none where the server offers none. */
  flows: readonly FlowOffer[];
}

/** A conversation of which nothing is here yet. */
export const NOTHING_SAID: Partial<State> = {
  log: [],
  caughtUp: false,
  given: NOTHING_GIVEN,
  readSeq: 0,
  unreadFrom: 0,
  typing: undefined,
};

/** As a tab begins, with what it kept. */
export const firstState = (store: Store, locale: Locale, unsent: readonly Unsent[]): State => ({
  link: "connecting",
  locale,
  tokenRefused: false,
  closed: false,
  conversation: "",
  greeting: "",
  bureau: "",
  log: store.get<Message[]>("log") ?? [],
  caughtUp: false,
  unsent,
  owner: "bot",
  queue: undefined,
  consultationId: undefined,
  holder: "",
  typing: undefined,
  readSeq: 0,
  unreadFrom: 0,
  given: store.get<Given>("given") ?? NOTHING_GIVEN,
  flows: [],
});
