import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Chat } from "../../core/chat";
import { shrink } from "../../core/shrink";
import { upload } from "../../core/transfer";
import { sizeOf, type Upload, Uploads } from "../../core/uploads";
import css from "../../styles/files.css?inline";
import address from "../../styles/files.css?url";
import { useChat } from "../context";
import { Icon } from "../Icon";
import { useExtra } from "../late";
import { wear } from "../wear";

export { FilesView } from "./FilesView";

/** Uploads of this page to the chat's own place for files. */
export const uploadsOf = (chat: Chat, changed: (items: readonly Upload[]) => void): Uploads =>
  new Uploads({
    shrink,
    send: (file, progress, stopped) => {
      const at = chat.filesAt;
      return at
        ? upload(at, file, file.name, progress, stopped)
        : Promise.reject(new Error("no session yet"));
    },
    preview: (file) => URL.createObjectURL(file),
    drop: (preview) => URL.revokeObjectURL(preview),
    changed,
  });

/** The files that the next message carries. */
export function Tray({
  uploads,
  items,
  tooMany,
}: {
  uploads: Uploads;
  items: readonly Upload[];
  tooMany: boolean;
}) {
  const { files: words } = useExtra();
  const { link } = useChat().state;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (box.current) wear(box.current, css, new URL(address, import.meta.url).href);
  }, []);
  useEffect(() => {
    if (link === "up") uploads.resume();
  }, [link, uploads]);
  return (
    <div class="tray" ref={box}>
      <ul aria-label={words.tray}>
        {items.map((item) => (
          <li key={item.key} class="tray-item">
            {item.preview ? (
              <img class="tray-picture" src={item.preview} alt="" />
            ) : (
              <span class="tray-picture tray-icon">
                <Icon name="file" />
              </span>
            )}
            <span class="tray-about">
              <span class="file-name">{item.name}</span>
              <Fate item={item} />
            </span>
            {mayPass(item) && (
              <button type="button" class="button button-small" onClick={() => uploads.retry(item.key)}>
                {words.retry}
                <span class="hidden">{item.name}</span>
              </button>
            )}
            <button
              type="button"
              class="button button-plain tray-remove"
              aria-label={words.remove(item.name)}
              onClick={() => uploads.remove(item.key)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <p class="tray-note" role="status">
        {tooMany ? words.tooMany(items.length) : ""}
      </p>
      <p class="tray-note">{words.lost}</p>
    </div>
  );
}

const LASTING = ["file_too_large", "file_type_refused", "file_unreadable"];

/** Trying again may help. */
const mayPass = ({ state, code }: Upload): boolean =>
  state === "waiting" || (state === "refused" && !LASTING.includes(code ?? ""));

function Fate({ item }: { item: Upload }) {
  const { files: words } = useExtra();
  if (item.state === "refused") {
    return (
      <span class="tray-refused" role="alert">
        {words.reasons[item.code ?? ""] ?? words.reasons.unknown}
      </span>
    );
  }
  if (item.state === "uploading" || item.state === "queued") {
    const percent = Math.round(item.part * 100);
    return (
      <span class="tray-state">
        {words.uploading(percent)}
        <progress max={100} value={percent} aria-label={item.name} />
      </span>
    );
  }
  const said = { preparing: words.shrinking, waiting: words.waiting, ready: words.ready }[item.state];
  return (
    <span class={item.state === "waiting" ? "tray-waiting" : "tray-state"}>
      {said}
      {item.state === "ready" && ` · ${sizeOf(item.size)}`}
    </span>
  );
}
