/**
 * A small stand-in for the server while the desk is developed: it speaks the contract's section "Staff" over
 * invented data in memory, and serves the built desk. Any password but "wrong" signs in.
 *
 * `POST /mock` with {do, ...} plays the world: say {id, text} | typing {id} | leave {id} | steal {id} | expire |
 * down {sockets, http} | empty | arrive.
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { WebSocketServer } from "ws";
import { seed } from "./seed.mjs";

const PORT = Number(process.env.PORT ?? 24310);
const DIST = new URL("../dist", import.meta.url).pathname;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

const world = { ...seed(), sockets: new Set(), tokens: new Map(), down: { sockets: false, http: false } };
const now = () => new Date().toISOString();

const STAFF = {
  officer1: { id: "st_1", name: "税务干部 1 号", roles: ["officer"], offices: [] },
  officer2: { id: "st_2", name: "税务干部 2 号", roles: ["officer"], offices: [] },
  expert1: { id: "st_9", name: "税务专家 1 号", roles: ["expert"], offices: [] },
};

const FLOWS = [
  { flow_id: "F05", title: "专项附加扣除", about: "子女、老人、房贷等，能扣多少、由谁扣。", minutes: 6 },
  { flow_id: "F06", title: "逾期补办", about: "晚了怎么补办，能不能首违不罚。", minutes: 4 },
];

const find = (id) => world.rows.find((row) => row.consultation_id === id);
const shown = ({ context: _, messages: __, ...row }) => ({
  ...row,
  owner: row.state === "done" ? "bot" : row.state === "waiting" ? `${row.tier}_queue` : row.tier,
  late: row.state === "waiting" && row.deadline_at < now(),
});
const queues = () =>
  ["officer", "expert"].map((tier) => {
    const waiting = world.rows.filter((row) => row.state === "waiting" && row.tier === tier);
    const since = waiting.map((row) => Date.parse(row.waiting_since));
    return {
      id: tier,
      name: tier === "officer" ? "税务干部咨询" : "税务专家咨询",
      tier,
      waiting: waiting.length,
      oldest_wait_seconds: since.length ? Math.round((Date.now() - Math.min(...since)) / 1000) : null,
      on_duty: 2,
      open: true,
    };
  });

function tell(frame, only) {
  for (const socket of world.sockets)
    if (!only || socket.staff.id === only) socket.send(JSON.stringify(frame));
}

function changed(row) {
  tell({ type: "consultation", consultation_id: row.consultation_id });
  tell({ type: "queues", items: queues() });
}

function say(row, message) {
  const seq = (row.messages.at(-1)?.seq ?? 0) + 1;
  const whole = {
    seq,
    at: now(),
    consultation_id: row.consultation_id,
    kind: "text",
    sources: [],
    choices: [],
    meta: {},
    ...message,
  };
  row.messages.push(whole);
  if (row.holder)
    tell({ type: "message", consultation_id: row.consultation_id, message: whole }, row.holder.id);
  return seq;
}

class Refused extends Error {
  constructor(status, code, extra = {}) {
    super(code);
    Object.assign(this, {
      status,
      body: { type: `urn:daoban:error:${code}`, title: code, status, code, detail: code, ...extra },
    });
  }
}

function held(row, staff) {
  if (row.state !== "held" || row.holder.id !== staff.id)
    throw new Refused(409, "not_holder", { holder: row.holder });
  return row;
}

function queueAgain(row, values) {
  Object.assign(row, { state: "waiting", holder: null, waiting_since: now(), ...values });
  row.deadline_at = new Date(Date.now() + 120_000).toISOString();
  changed(row);
  return shown(row);
}

const actions = {
  claim(row, staff) {
    if (row.state !== "waiting") throw new Refused(409, "already_claimed", { holder: row.holder });
    Object.assign(row, { state: "held", holder: { id: staff.id, name: staff.name } });
    say(row, {
      sender: "system",
      kind: "notice",
      text: `${staff.name}已接入，正在查看您的问题和前面的对话记录，您无需重复说明。`,
    });
    changed(row);
    return shown(row);
  },
  messages(row, staff, body) {
    held(row, staff);
    const before = row.messages.find((each) => each.client_message_id === body.client_message_id);
    if (before) return { seq: before.seq };
    return {
      seq: say(row, {
        sender: row.tier,
        name: staff.name,
        text: body.text,
        client_message_id: body.client_message_id,
      }),
    };
  },
  transfer(row, staff, body) {
    held(row, staff);
    row.context.transfers.push({
      at: now(),
      from_tier: row.tier,
      to_tier: body.tier,
      by: row.holder,
      reason: body.reason,
      summary: body.summary,
    });
    row.context.summary = body.summary;
    return queueAgain(row, { tier: body.tier, queue: body.tier, reason: "transfer" });
  },
  flows(row, staff, body) {
    if (held(row, staff).context.flow?.state === "active") throw new Refused(409, "flow_active");
    const { flow_id, title } = FLOWS.find((each) => each.flow_id === body.flow_id);
    const flow = { flow_id, run_id: `fr_${flow_id}`, title, state: "active", progress: { step: 1, of: 9 } };
    row.context.flow = { ...flow, step: "所属期", answers: [], result: null };
    const fields = [{ key: "period", label: "所属期" }];
    const seq = say(row, {
      sender: "system",
      kind: "flow",
      text: "请填写所属期。",
      flow: { ...flow, step: "period", fields },
    });
    return { run_id: flow.run_id, seq };
  },
  reveal(row, staff) {
    held(row, staff);
    throw new Refused(410, "protected_value_gone");
  },
  release: (row, staff) => queueAgain(held(row, staff), { priority: 100 }),
  close(row, staff, body) {
    Object.assign(held(row, staff), { state: "done", holder: null, closed_at: now(), result: body.result });
    changed(row);
    return shown(row);
  },
};

function lists(state, staff) {
  const pick = {
    waiting: (row) => row.state === "waiting",
    mine: (row) => row.state === "held" && row.holder.id === staff.id,
    open: (row) => row.state !== "done",
    closed: (row) => row.state === "done",
  }[state];
  return { items: world.rows.filter(pick).map(shown), next_cursor: null };
}

const plays = {
  say: ({ id, text }) => say(find(id), { sender: "taxpayer", text }),
  typing: ({ id }) => tell({ type: "typing", sender: "taxpayer", consultation_id: id }, find(id).holder?.id),
  leave({ id }) {
    Object.assign(find(id), { state: "done", holder: null, closed_at: now() });
    changed(find(id));
  },
  steal: ({ id, quiet }) => {
    Object.assign(find(id), { state: "held", holder: { id: "st_2", name: "税务干部 2 号" } });
    if (!quiet) changed(find(id));
  },
  expire() {
    world.tokens.clear();
    for (const socket of world.sockets) socket.close(4401);
  },
  down(what) {
    world.down = what;
    if (what.sockets) for (const socket of world.sockets) socket.terminate();
  },
  empty() {
    for (const row of world.rows) row.state = "done";
    tell({ type: "queues", items: queues() });
  },
  reset: () => Object.assign(world, seed(), { down: { sockets: false, http: false } }),
};

function answer(method, path, query, body, token) {
  if (path === "/staff/sign-in") {
    const staff = STAFF[body.username];
    if (!staff || body.password === "wrong") throw new Refused(401, "bad_credentials");
    const given = Math.random().toString(36).slice(2);
    world.tokens.set(given, staff);
    return { token: given, expires_at: new Date(Date.now() + 43_200_000).toISOString(), staff };
  }
  const staff = world.tokens.get(token);
  if (!staff) throw new Refused(401, "not_signed_in");
  if (path === "/staff/me") return { ...staff, presence: { state: "available", capacity: null } };
  if (path === "/staff/sign-out") return undefined;
  if (path === "/desk/queues") return { items: queues() };
  if (path === "/desk/flows") return { items: FLOWS };
  if (path === "/desk/presence") return { state: body.state, capacity: body.capacity ?? null };
  if (path === "/desk/consultations") return lists(query.get("state") ?? "waiting", staff);
  const [, id, action] = /^\/desk\/consultations\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  const row = id && find(id);
  if (!row) throw new Refused(404, "no_such_consultation");
  if (method === "GET") return { ...shown(row), context: row.context, messages: row.messages };
  return actions[action](row, staff, body);
}

function page(path, response) {
  const file = join(DIST, path.replace(/^\/desk\/?/, "") || "index.html");
  const found = existsSync(file) ? file : join(DIST, "index.html");
  response.writeHead(200, { "Content-Type": TYPES[extname(found)] ?? "application/octet-stream" });
  createReadStream(found).pipe(response);
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://mock");
  let text = "";
  for await (const part of request) text += part;
  const body = text ? JSON.parse(text) : {};
  const send = (status, value) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(value === undefined ? "" : JSON.stringify(value));
  };
  if (pathname === "/mock") return send(200, plays[body.do](body) ?? null);
  if (!pathname.startsWith("/api/v1/")) return page(pathname, response);
  if (world.down.http) return request.socket.destroy();
  try {
    const token = request.headers.authorization?.replace("Bearer ", "");
    const value = answer(request.method, pathname.slice("/api/v1".length), searchParams, body, token);
    send(value === undefined ? 204 : 200, value);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    send(refused.status, refused.body);
  }
});

const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
  if (world.down.sockets) return socket.destroy();
  sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.on("message", (data) => {
      const frame = JSON.parse(data);
      if (frame.type !== "auth") return;
      ws.staff = world.tokens.get(frame.token);
      if (!ws.staff) return ws.close(4401);
      world.sockets.add(ws);
      ws.send(JSON.stringify({ type: "ready" }));
    });
    const beat = setInterval(() => ws.send(JSON.stringify({ type: "ping" })), 15_000);
    ws.on("close", () => {
      clearInterval(beat);
      world.sockets.delete(ws);
    });
  });
});
server.listen(PORT, "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}/desk/`));
