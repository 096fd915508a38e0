// A mock of the chat's half of the contract, for screenshots and for work on this page alone. It keeps one
// conversation in memory, serves the built page, and does as it is told: POST /mock with
//   {say: {...message}}          appends to the log            {frame: {...}}         sends a frame as it is
//   {standing: {owner, queue}}   changes owner and queue       {sockets: "on"|"off"}  lets sockets through or not
//   {consultations: [...]}       for the history            {flows: [...]}         that can be started
//   {messages: 202|422|503}      the answer to sent messages   {reset: true}          empties it
// Run: node dev/mock.mjs [port], then open http://127.0.0.1:PORT/chat/
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const RATED = {
  "zh-Hans": (score) => `已评价：${score} 分`,
  "zh-Hant": (score) => `已評價：${score} 分`,
  en: (score) => `Rating: ${score} of 5`,
};
const fresh = () => ({
  conversation: `cv_${Date.now()}`,
  seq: 0,
  log: [],
  locale: "zh-Hans",
  standing: { owner: "bot" },
  sockets: "on",
  messages: 202,
  sessions: 201,
  consultations: [],
  flows: undefined,
});
let state = fresh();
const clients = new Set();
const polls = new Set();

function tell(frame) {
  for (const client of clients) client.send(JSON.stringify(frame));
}

function say(message) {
  state.seq += 1;
  const full = {
    seq: state.seq,
    at: new Date().toISOString(),
    kind: "text",
    text: "",
    sender: "bot",
    ...message,
  };
  state.log.push(full);
  tell({ type: "message", message: full });
  for (const answer of polls) answer();
  return full;
}

function page(after) {
  return { ...state.standing, messages: state.log.filter((m) => m.seq > after), last_seq: state.seq };
}

function told(order) {
  if (order.reset) {
    for (const client of clients) client.terminate();
    state = fresh();
  }
  if (order.say) say(order.say);
  if (order.frame) tell(order.frame);
  if (order.standing) {
    state.standing = order.standing;
    tell({ type: "owner", ...order.standing });
    for (const answer of polls) answer();
  }
  for (const key of ["messages", "sessions", "consultations", "flows"])
    if (order[key]) state[key] = order[key];
  if (order.sockets) {
    state.sockets = order.sockets;
    if (order.sockets === "off") for (const client of clients) client.terminate();
  }
}

function received({ client_message_id, text, input }) {
  const before = state.log.find((m) => m.client_message_id === client_message_id);
  if (before) return before.seq;
  if (input && ["vote", "leave_queue", "close"].includes(input.type)) {
    state.seq += 1;
    return state.seq;
  }
  const asked = input?.ref_seq && state.log.find((m) => m.seq === input.ref_seq);
  const buttons = [...(asked?.choices ?? []), ...(asked?.card?.actions ?? [])];
  const label = buttons.find((b) => b.id === (input?.id ?? input?.action))?.label;
  return say({
    sender: "taxpayer",
    kind: input?.type === "rating" ? "rating" : "text",
    text: text ?? label ?? RATED[state.locale](input.score),
    client_message_id,
    meta: input ? { input } : {},
  }).seq;
}

async function body(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://mock");
  const json = (status, value) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(value === undefined ? "" : JSON.stringify(value));
  };
  const refuse = (status) => json(status, { status, code: "refused_by_mock", detail: "as told" });
  if (pathname === "/mock") {
    told(await body(request));
    return json(204);
  }
  if (pathname === "/api/v1/chat/sessions") {
    state.locale = (await body(request)).locale;
    if (state.sessions !== 201) return refuse(state.sessions);
    return json(201, {
      session_id: "ss_mock",
      session_token: "mock",
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
      conversation_id: state.conversation,
      greeting: "",
    });
  }
  if (pathname.endsWith("/messages") && request.method === "POST") {
    const incoming = await body(request);
    if (state.messages !== 202) return refuse(state.messages);
    return json(202, { seq: received(incoming) });
  }
  if (pathname.endsWith("/messages")) {
    const after = Number(searchParams.get("after"));
    const wait = Number(searchParams.get("wait") ?? 0);
    if (wait && state.seq <= after) {
      await new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          polls.delete(done);
          resolve();
        };
        const timer = setTimeout(done, wait * 1000);
        polls.add(done);
      });
    }
    return json(200, page(after));
  }
  if (pathname.endsWith("/history")) {
    const words = (searchParams.get("q") ?? "").toLowerCase();
    const before = Number(searchParams.get("before") ?? Number.MAX_SAFE_INTEGER);
    const found = state.log.filter((m) => m.seq < before && m.text.toLowerCase().includes(words)).reverse();
    const ids = new Set(found.map((m) => m.consultation_id));
    const consultations = state.consultations.filter(({ id }) => ids.has(id));
    const messages = found.slice(0, 50);
    const next_before = found.length > 50 ? messages[49].seq : null;
    return json(200, { messages, consultations, next_before });
  }
  if (pathname === "/api/v1/chat/flows") return state.flows ? json(200, state.flows) : refuse(404);
  if (pathname.endsWith("/locale")) {
    state.standing.locale = (await body(request)).locale;
    tell({ type: "owner", ...state.standing });
    return json(204);
  }
  if (pathname.endsWith("/read")) {
    await body(request);
    return json(204);
  }
  const file = pathname === "/chat/" ? "index.html" : normalize(pathname.replace(/^\/chat\//, ""));
  try {
    const content = await readFile(join(dist, file));
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(content);
  } catch {
    refuse(404);
  }
});

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
server.on("upgrade", (request, socket, head) => {
  if (state.sockets === "off") return socket.destroy();
  sockets.handleUpgrade(request, socket, head, (client) => {
    client.once("message", (data) => {
      const { after } = JSON.parse(String(data));
      clients.add(client);
      client.on("close", () => clients.delete(client));
      for (const message of page(after).messages) client.send(JSON.stringify({ type: "message", message }));
      client.send(JSON.stringify({ type: "owner", ...state.standing }));
    });
  });
});
setInterval(() => tell({ type: "ping" }), 10_000).unref();

const port = Number(process.argv[2] ?? 8010);
server.listen(port, "127.0.0.1", () => console.log(`mock chat: http://127.0.0.1:${port}/chat/`));
