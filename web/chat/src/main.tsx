import "./polyfills";
import "./styles/chat.css";
import "./styles/page.css";
import { Api } from "./core/api";
import { Chat } from "./core/chat";
import { firstLocale } from "./core/locale";
import { deviceStore, tabStore } from "./core/storage";
import { pageTokens } from "./core/tokens";
import { mount } from "./mount";
import type { Texts } from "./texts";
import { fitViewport, fitWidth } from "./ui/viewport";

const root = document.getElementById("app");
const locale = firstLocale(location.search, tabStore, deviceStore, navigator.languages);
const { tokens, fresh } = pageTokens(tabStore);
const chat = new Chat(new Api(new URL("../", location.href.split("#")[0]).href), tokens, locale, fresh);

function shown(texts: Texts): void {
  document.documentElement.lang = texts.locale;
  document.title = texts.page.title;
}

if (root) {
  fitViewport(root);
  fitWidth(root);
  mount(root, chat, { shown });
}
chat.start();
