import "./polyfills";
import { render } from "preact";
import "../../tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/log.css";
import "./styles/parts.css";
import { Chat } from "./core/chat";
import { backOff } from "./core/connection";
import { firstLocale } from "./core/locale";
import { deviceStore, tabStore } from "./core/storage";
import { loadTexts, type Texts } from "./texts";
import { App } from "./ui/App";
import { showTextSize } from "./ui/largeText";
import { fitViewport } from "./ui/viewport";

fitViewport();
showTextSize();
const chat = new Chat(firstLocale(location.search, tabStore, deviceStore, navigator.languages));

function shown(texts: Texts): void {
  document.documentElement.lang = texts.locale;
  document.title = texts.page.title;
}

/** Shows the page once its words are there; without them it would show nothing or the wrong language. */
function show(attempts: number): void {
  const root = document.getElementById("app");
  loadTexts(chat.state.locale).then(
    (texts) => root && render(<App chat={chat} texts={texts} shown={shown} />, root),
    () => setTimeout(() => show(attempts + 1), backOff(attempts, Math.random())),
  );
}

show(0);
chat.start();
