import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refused, Unreachable } from "../src/core/api";
import { backOff, Connection, TIMES } from "../src/core/connection";
import type { Frame, Page } from "../src/core/contract";

/** A socket that does what the test says. */
class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: unknown[] = [];
  closed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.closed = true;
  }
  opens(): void {
    this.onopen?.();
  }
  says(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  closes(code = 1006): void {
    this.onclose?.({ code });
  }
}

const OWNER: Frame = { type: "owner", owner: "bot" };
const EMPTY: Page = { owner: "bot", messages: [], last_seq: 0 };

function setUp() {
  const sockets: FakeSocket[] = [];
  const polls: { after: number; wait: number; answer: (page: Page | Error) => void; signal: AbortSignal }[] =
    [];
  const links: string[] = [];
  const frames: Frame[] = [];
  const pages: Page[] = [];
  const signedOut = vi.fn();
  let after = 0;
  const connection = new Connection(
    {
      openSocket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      poll: (from, wait, signal) =>
        new Promise((resolve, reject) => {
          const answer = (page: Page | Error) => (page instanceof Error ? reject(page) : resolve(page));
          polls.push({ after: from, wait, answer, signal });
        }),
      random: () => 1,
    },
    {
      auth: () => ({ session_token: "t", after }),
      frame: (frame) => frames.push(frame),
      page: (page) => pages.push(page),
      link: (link) => links.push(link),
      signedOut,
    },
  );
  connection.start();
  const socket = (index: number): FakeSocket => {
    const found = sockets[index];
    if (!found) throw new Error(`no socket ${index}`);
    return found;
  };
  const poll = (index: number) => {
    const found = polls[index];
    if (!found) throw new Error(`no poll ${index}`);
    return found;
  };
  const hold = (seq: number) => {
    after = seq;
  };
  return { connection, sockets, socket, polls, poll, links, frames, pages, signedOut, hold };
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a socket", () => {
  it("signs in first and is up when the server speaks", () => {
    const { socket, links, frames } = setUp();
    socket(0).opens();
    expect(socket(0).sent).toEqual([{ type: "auth", session_token: "t", after: 0 }]);
    expect(links).toEqual(["connecting"]);
    socket(0).says(OWNER);
    expect(links).toEqual(["connecting", "up"]);
    expect(frames).toEqual([OWNER]);
  });

  it("answers a ping, which is no frame for the page", () => {
    const { socket, frames } = setUp();
    socket(0).opens();
    socket(0).says({ type: "ping" });
    expect(socket(0).sent[1]).toEqual({ type: "pong" });
    expect(frames).toEqual([]);
  });

  it("is dead after 30 s of silence, and another resumes after the last seq", async () => {
    const { socket, sockets, links, hold } = setUp();
    socket(0).opens();
    socket(0).says(OWNER);
    await pass(TIMES.silence - 1);
    socket(0).says({ type: "ping" });
    await pass(TIMES.silence - 1);
    expect(links).toEqual(["connecting", "up"]);
    hold(17);
    await pass(1);
    expect(socket(0).closed).toBe(true);
    expect(links).toEqual(["connecting", "up", "down"]);
    await pass(backOff(0, 1));
    expect(sockets).toHaveLength(2);
    socket(1).opens();
    expect(socket(1).sent).toEqual([{ type: "auth", session_token: "t", after: 17 }]);
  });

  it("is given up when it does not open", async () => {
    const { socket, links } = setUp();
    await pass(TIMES.opening);
    expect(socket(0).closed).toBe(true);
    expect(links).toEqual(["connecting", "down"]);
  });

  it.each([4401, 4403])("closed with %i ends the session, without another attempt", async (code) => {
    const { socket, sockets, signedOut } = setUp();
    socket(0).opens();
    socket(0).closes(code);
    expect(signedOut).toHaveBeenCalledOnce();
    await pass(120_000);
    expect(sockets).toHaveLength(1);
  });

  it("closed with 4429 is left alone for longer", async () => {
    const { socket, sockets } = setUp();
    socket(0).opens();
    socket(0).says(OWNER);
    socket(0).closes(4429);
    await pass(TIMES.busy);
    expect(sockets).toHaveLength(1);
    await pass(backOff(0, 1));
    expect(sockets).toHaveLength(2);
  });

  it("is tried at once when the network is back", () => {
    const { connection, socket, sockets } = setUp();
    socket(0).opens();
    socket(0).says(OWNER);
    connection.sleep();
    expect(socket(0).closed).toBe(true);
    connection.wake();
    expect(sockets).toHaveLength(2);
  });

  it("stopped, is not tried again", async () => {
    const { connection, sockets, links } = setUp();
    connection.stop();
    await pass(120_000);
    expect(sockets).toHaveLength(1);
    expect(links).toEqual(["connecting"]);
  });
});

describe("the long poll", () => {
  const blocked = async () => {
    const all = setUp();
    all.socket(0).closes();
    await pass(backOff(0, 1));
    all.socket(1).closes();
    await pass(0);
    return all;
  };

  it("takes over after two sockets that never spoke", async () => {
    const { polls, poll, links, pages, sockets } = await blocked();
    expect(sockets).toHaveLength(2);
    expect(polls).toHaveLength(1);
    expect(poll(0).wait).toBe(0);
    poll(0).answer(EMPTY);
    await pass(0);
    expect(links[links.length - 1]).toBe("up");
    expect(pages).toEqual([EMPTY]);
    expect(poll(1).wait).toBe(25);
  });

  it("ends when a later socket speaks", async () => {
    const { poll, socket, links } = await blocked();
    poll(0).answer(EMPTY);
    await pass(TIMES.socketRetry);
    socket(2).opens();
    socket(2).says(OWNER);
    expect(poll(1).signal.aborted).toBe(true);
    expect(links.filter((link) => link === "down")).toHaveLength(2);
    expect(links[links.length - 1]).toBe("up");
  });

  it("goes on unseen while a later socket fails too", async () => {
    const { poll, socket, links } = await blocked();
    poll(0).answer(EMPTY);
    await pass(TIMES.socketRetry);
    socket(2).closes();
    expect(links[links.length - 1]).toBe("up");
    expect(poll(1).signal.aborted).toBe(false);
  });

  it("waits longer and longer while the server is away, then tries a socket soon", async () => {
    const { poll, polls, links, sockets } = await blocked();
    poll(0).answer(new Unreachable());
    await pass(backOff(0, 1));
    expect(polls).toHaveLength(2);
    poll(1).answer(new Unreachable());
    await pass(backOff(1, 1) - 1);
    expect(polls).toHaveLength(2);
    expect(links[links.length - 1]).toBe("down");
    await pass(1);
    poll(2).answer(EMPTY);
    await pass(1000);
    expect(links[links.length - 1]).toBe("up");
    expect(sockets).toHaveLength(3);
  });

  it("ends with the session", async () => {
    const { poll, signedOut } = await blocked();
    poll(0).answer(new Refused({ status: 401, code: "not_signed_in", detail: "" }));
    await pass(0);
    expect(signedOut).toHaveBeenCalledOnce();
  });
});

describe("backOff", () => {
  it("doubles, up to 30 s, and draws the last half at random", () => {
    expect([0, 1, 2, 10].map((attempt) => backOff(attempt, 1))).toEqual([1000, 2000, 4000, 30_000]);
    expect(backOff(2, 0)).toBe(2000);
  });
});
