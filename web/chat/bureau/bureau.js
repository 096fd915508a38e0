// The page's own script: what a bureau writes to hold the chat (docs/integrate.md).
const KEY = "bureau.signed-in";
const show = (id, words) => {
  document.getElementById(id).textContent = words;
};

window.bureau = {
  /** Gives the chat a fresh token whenever it needs one; nothing while nobody is signed in. */
  async chatToken() {
    if (!sessionStorage.getItem(KEY)) return undefined;
    const answer = await fetch("token", { method: "POST" });
    return answer.ok ? (await answer.json()).token : undefined;
  },
};

function showWho() {
  const signed = sessionStorage.getItem(KEY) !== null;
  show("who", signed ? "已登录：示例一号商贸有限公司" : "尚未登录");
  show("sign", signed ? "退出" : "登录");
}

function withDaoban(act) {
  window.DaobanReady = window.DaobanReady || [];
  window.DaobanReady.push(act);
}

document.getElementById("sign").addEventListener("click", () => {
  if (sessionStorage.getItem(KEY)) {
    sessionStorage.removeItem(KEY);
    withDaoban((chat) => chat.signOut());
  } else {
    sessionStorage.setItem(KEY, "1");
    withDaoban((chat) => chat.signIn(window.bureau.chatToken));
  }
  showWho();
});

for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => withDaoban((chat) => chat.open({ topic: button.dataset.ask })));
}

for (const button of document.querySelectorAll("[data-guide]")) {
  button.addEventListener("click", () => withDaoban((chat) => chat.open({ flow: button.dataset.guide })));
}

withDaoban((chat) => {
  show("state", "已就绪");
  chat.on("open", () => show("state", "已打开"));
  chat.on("close", () => show("state", "已收起"));
  chat.on("unread", (count) => show("state", count ? `${count} 条新消息` : "没有新消息"));
  chat.on("token-needed", () => show("who", "登录已失效，请重新登录"));
});
showWho();
