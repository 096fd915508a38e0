import { CloseOutlined, FileOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { Attached } from "../core/attachments";
import { texts as t } from "../texts/attach";

/** What the picker offers; the server looks at the content. */
export const KINDS = "image/*,.pdf,.ofd,.docx,.xlsx";

/** The files of the next message, with what became of each. */
export function AttachedList({ files, remove }: { files: readonly Attached[]; remove(key: string): void }) {
  if (files.length === 0) return null;
  return (
    <ul className="attached" aria-label={t.list}>
      {files.map(({ key, name, state, code }) => (
        <li key={key}>
          <FileOutlined aria-hidden="true" />
          <span>{name}</span>
          {state === "uploading" && (
            <span className="quiet" role="status">
              {t.uploading}
            </span>
          )}
          {state === "failed" && (
            <span className="late" role="alert">
              {t.reasons[code ?? ""] ?? t.reasons.unknown}
            </span>
          )}
          <Button
            size="small"
            type="text"
            icon={<CloseOutlined aria-hidden="true" />}
            aria-label={t.remove(name)}
            onClick={() => remove(key)}
          />
        </li>
      ))}
    </ul>
  );
}
