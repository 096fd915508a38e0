import { App, Button } from "antd";
import { useEffect } from "react";
import { texts } from "../../texts/knowledge";
import { useDesk } from "../../ui/context";

const t = texts.edit;

/** While there is unsaved text, leaving asks what is to become of it. */
export function useGuard(dirty: boolean, letGo: () => void): void {
  const { place } = useDesk();
  const { modal } = App.useApp();
  useEffect(() => {
    if (!dirty) return;
    return place.hold((leave) => {
      const asked = modal.confirm({
        title: t.leaveTitle,
        content: t.leaveText,
        footer: (
          <div className="kb-leave">
            <Button onClick={() => after(letGo)} danger>
              {t.leaveDrop}
            </Button>
            <Button onClick={() => after()}>{t.leaveKeep}</Button>
            <Button type="primary" onClick={() => asked.destroy()}>
              {t.stay}
            </Button>
          </div>
        ),
      });
      function after(first?: () => void): void {
        asked.destroy();
        first?.();
        leave();
      }
    });
  }, [dirty, letGo, place, modal]);
}
