import { DisconnectOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { texts } from "../texts";
import { useDesk, useDeskState } from "./context";

/** Says that nothing comes in, where it cannot be overlooked. */
export function LinkBar() {
  const desk = useDesk();
  const { link } = useDeskState();
  return (
    <div role="alert">
      {link === "lost" && (
        <div className="link-bar">
          <DisconnectOutlined aria-hidden="true" />
          <span>{texts.link.lost}</span>
          <Button size="small" onClick={() => desk.hurry()}>
            {texts.link.retry}
          </Button>
        </div>
      )}
    </div>
  );
}
