import "./polyfills";
import { render } from "preact";
import "../../tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/log.css";
import "./styles/parts.css";
import { Chat } from "./core/chat";
import { App } from "./ui/App";
import { showTextSize } from "./ui/largeText";
import { fitViewport } from "./ui/viewport";

fitViewport();
showTextSize();
const chat = new Chat();
const root = document.getElementById("app");
if (root) render(<App chat={chat} />, root);
chat.start();
