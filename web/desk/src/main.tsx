import "../../tokens.css";
import "./styles/base.css";
import "./styles/list.css";
import "./styles/chat.css";
import "./styles/files.css";
import "./styles/flow.css";
import "./styles/side.css";
import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import zhTW from "antd/locale/zh_TW";
import { createRoot } from "react-dom/client";
import { Desk } from "./core/desk";
import { locale, texts } from "./texts";
import { theme } from "./theme";
import { App } from "./ui/App";
import { DeskContext } from "./ui/context";

const ANTD = { "zh-Hans": zhCN, "zh-Hant": zhTW, en: enUS };
const LANG = { "zh-Hans": "zh-CN", "zh-Hant": "zh-Hant", en: "en" };

document.documentElement.lang = LANG[locale];
document.title = texts.title(0);
const desk = new Desk();
desk.start();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <ConfigProvider locale={ANTD[locale]} theme={theme} button={{ autoInsertSpace: false }}>
      <AntApp component={false}>
        <DeskContext value={desk}>
          <App />
        </DeskContext>
      </AntApp>
    </ConfigProvider>,
  );
}
