import type { Message } from "./contract";
import type { Unsent } from "./outbox";

const ECHO = 15_000;
const TOLERANCE = 120_000;

/** The time, corrected by the server's where this device's clock is plainly wrong. */
export class DeviceClock {
  private offset = 0;

  /** Now, in ms. */
  now(): number {
    return Date.now() + this.offset;
  }

  /** A message we sent just now comes back with the server's time: a wrong clock shows. */
  learn(message: Message, unsent: readonly Unsent[]): void {
    const item = unsent.find(({ id }) => id === message.client_message_id);
    if (!item || this.now() - Date.parse(item.at) > ECHO) return;
    const offset = Date.parse(message.at) - Date.now();
    this.offset = Math.abs(offset) > TOLERANCE ? offset : 0;
  }
}
