import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { backoff, type Hooks, SILENCE_MS, type Socket, Stream } from "../src/core/stream";

class FakeSocket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  sent: object[] = [];
  closed = false;
  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.closed = true;
  }
  opens(): void {
    this.onopen?.call(this as never, new Event("open"));
  }
  says(frame: unknown): void {
    const data = typeof frame === "string" ? frame : JSON.stringify(frame);
    this.onmessage?.call(this as never, { data } as MessageEvent);
  }
  ends(code: number): void {
    this.onclose?.call(this as never, { code } as CloseEvent);
  }
}

let sockets: FakeSocket[];
let hooks: { [K in "onFrame" | "onReady" | "onDown" | "onSignedOut"]: ReturnType<typeof vi.fn> };
let stream: Stream;
const latest = () => sockets.at(-1) as FakeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  hooks = { onFrame: vi.fn(), onReady: vi.fn(), onDown: vi.fn(), onSignedOut: vi.fn() };
  stream = new Stream({
    ...(hooks as unknown as Hooks),
    open: () => {
      sockets.push(new FakeSocket());
      return latest() as unknown as Socket;
    },
    token: () => "t",
    random: () => 1,
  });
  stream.start();
});
afterEach(() => {
  stream.stop();
  vi.useRealTimers();
});

function ready(): void {
  latest().opens();
  latest().says({ type: "ready" });
}

describe("the wait before a new attempt", () => {
  test.each([
    [0, 0, 500],
    [0, 1, 1_000],
    [3, 1, 8_000],
    [3, 0.5, 6_000],
    [20, 1, 30_000],
  ])("attempt %i, chance %d: %i ms", (attempt, chance, ms) =>
    expect(backoff(attempt, () => chance)).toBe(ms),
  );
});

describe("the socket", () => {
  test("says first who it is, then is ready", () => {
    latest().opens();
    expect(latest().sent).toEqual([{ type: "auth", token: "t" }]);
    expect(stream.isReady).toBe(false);
    latest().says({ type: "ready" });
    expect(stream.isReady).toBe(true);
    expect(hooks.onReady).toHaveBeenCalledOnce();
  });

  test("answers a ping and passes other frames on", () => {
    ready();
    latest().says({ type: "ping" });
    expect(latest().sent.at(-1)).toEqual({ type: "pong" });
    latest().says({ type: "consultation", consultation_id: "c" });
    expect(hooks.onFrame).toHaveBeenCalledExactlyOnceWith({ type: "consultation", consultation_id: "c" });
  });

  test("what is no frame changes nothing", () => {
    ready();
    for (const nonsense of ["", "null", "[]", "{", '"x"']) latest().says(nonsense);
    expect(hooks.onFrame).not.toHaveBeenCalled();
    expect(stream.isReady).toBe(true);
  });

  test("comes back after a break, later each time, and at once from anew after a good one", () => {
    ready();
    latest().ends(1006);
    expect(hooks.onDown).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1_000);
    expect(sockets).toHaveLength(2);
    latest().ends(1006);
    vi.advanceTimersByTime(1_999);
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(3);
    ready();
    latest().ends(1006);
    vi.advanceTimersByTime(1_000);
    expect(sockets).toHaveLength(4);
  });

  test("silence of 30 s is a break; any frame puts it off", () => {
    ready();
    vi.advanceTimersByTime(SILENCE_MS - 1);
    latest().says({ type: "ping" });
    vi.advanceTimersByTime(SILENCE_MS - 1);
    expect(hooks.onDown).not.toHaveBeenCalled();
    const silent = latest();
    vi.advanceTimersByTime(1);
    expect(hooks.onDown).toHaveBeenCalledOnce();
    expect(silent.closed).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(sockets).toHaveLength(2);
  });

  test("a refused sign-in is told and not tried again", () => {
    latest().opens();
    latest().ends(4401);
    expect(hooks.onSignedOut).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(120_000);
    expect(sockets).toHaveLength(1);
  });

  test("hurry cuts the wait short, and does nothing while all is well", () => {
    ready();
    stream.hurry();
    expect(sockets).toHaveLength(1);
    latest().ends(1006);
    stream.hurry();
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(5_000);
    expect(sockets).toHaveLength(2);
  });

  test("stopped, it stays away, and sends nothing", () => {
    ready();
    const socket = latest();
    stream.stop();
    stream.send({ type: "typing" });
    expect(socket.sent).toHaveLength(1);
    vi.advanceTimersByTime(120_000);
    expect(sockets).toHaveLength(1);
  });
});
