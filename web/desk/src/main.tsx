import "../../tokens.css";
import "./styles/base.css";
import "./styles/list.css";
import "./styles/chat.css";
import "./styles/side.css";
import { App as AntApp, ConfigProvider } from "antd";
import zhCN from "antd/locale/zh_CN";
import { createRoot } from "react-dom/client";
import { Desk } from "./core/desk";
import { theme } from "./theme";
import { App } from "./ui/App";
import { DeskContext } from "./ui/context";

const desk = new Desk();
desk.start();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <ConfigProvider locale={zhCN} theme={theme} button={{ autoInsertSpace: false }}>
      <AntApp component={false}>
        <DeskContext value={desk}>
          <App />
        </DeskContext>
      </AntApp>
    </ConfigProvider>,
  );
}
