import { OrderedListOutlined, PaperClipOutlined, SendOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useEffect, useRef } from "react";
import { sends, shown } from "../core/keys";
import type { Chat } from "../core/state";
import { texts } from "../texts";
import { texts as attach } from "../texts/attach";
import { AttachedList, KINDS } from "./AttachedList";
import { useDesk, useDeskState, useLayout } from "./context";
import { ATTACH, COMPOSER } from "./useCommands";

const t = texts.composer;
/** Characters that the server takes. */
const MOST = 2000;
const WARN_LEFT = 200;

/** Where one writes; what is typed survives going to another consultation, a reload, and signing in again. */
export function Composer({ chat, onFlow }: { chat: Chat; onFlow(): void }) {
  const desk = useDesk();
  const { drafts, attached } = useDeskState();
  const picker = useRef<HTMLInputElement>(null);
  const layout = useLayout();
  const id = chat.detail.consultation_id;
  const draft = drafts[id] ?? "";
  const left = MOST - draft.trim().length;
  const files = attached[id] ?? [];
  const uploading = files.some(({ state }) => state === "uploading");
  const something = draft.trim() !== "" || files.some(({ state }) => state === "ready");
  const ready = something && left >= 0 && !uploading;

  useEffect(() => {
    // A phone's keyboard would cover what is to be read first.
    if (layout !== "phone") document.getElementById(COMPOSER)?.focus();
  }, [layout]);

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) desk.send(id);
      }}
    >
      <Input.TextArea
        id={COMPOSER}
        aria-label={t.label}
        aria-describedby={left < WARN_LEFT ? "composer-left" : undefined}
        placeholder={t.placeholder}
        value={draft}
        autoSize={{ minRows: 2, maxRows: 8 }}
        status={left < 0 ? "error" : ""}
        onChange={(event) => desk.draft(id, event.target.value)}
        onKeyDown={(event) => {
          if (!sends(event.nativeEvent)) return;
          event.preventDefault();
          if (ready) desk.send(id);
        }}
      />
      <AttachedList files={files} remove={(key) => desk.attachments.remove(id, key)} />
      <div className="composer-foot">
        <span id="composer-left" className={left < 0 ? "late" : "quiet"} role="status">
          {left < 0 ? t.over(-left) : left < WARN_LEFT ? t.left(left) : uploading ? attach.waits : ""}
        </span>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          accept={KINDS}
          onChange={(event) => {
            for (const file of event.target.files ?? []) void desk.attachments.add(id, file);
            event.target.value = "";
          }}
        />
        <Button
          id={ATTACH}
          icon={<PaperClipOutlined aria-hidden="true" />}
          onClick={() => picker.current?.click()}
          title={shown("attach")}
          aria-keyshortcuts="Alt+U"
        >
          {attach.add}
        </Button>
        <Button
          icon={<OrderedListOutlined aria-hidden="true" />}
          onClick={onFlow}
          title={shown("flow")}
          aria-keyshortcuts="Alt+G"
        >
          {texts.flow.send.open}
        </Button>
        <Button type="primary" htmlType="submit" icon={<SendOutlined aria-hidden="true" />} disabled={!ready}>
          {t.send}
        </Button>
      </div>
    </form>
  );
}
