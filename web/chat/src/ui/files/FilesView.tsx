import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../../core/api";
import type { FileRef } from "../../core/contract";
import { download, type FilesAt } from "../../core/transfer";
import { sizeOf } from "../../core/uploads";
import css from "../../styles/files.css?inline";
import address from "../../styles/files.css?url";
import { useChat } from "../context";
import { Icon } from "../Icon";
import { useExtra } from "../late";
import { Sheet } from "../Sheet";
import { wear } from "../wear";

/** What a message carries: pictures to look at, other files to take home. */
export function FilesView({ files }: { files: readonly FileRef[] }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (box.current) wear(box.current, css, new URL(address, import.meta.url).href);
  }, []);
  return (
    <div class="files" ref={box}>
      {files.map((file) =>
        file.type.startsWith("image/") ? (
          <Picture key={file.file_id} file={file} />
        ) : (
          <Other key={file.file_id} file={file} />
        ),
      )}
    </div>
  );
}

type Got = { state: "none" | "loading" | "gone" | "failed" } | { state: "here"; url: string };

const isGone = (error: unknown): boolean =>
  error instanceof Refused && (error.problem.status === 404 || error.problem.status === 410);

/** A picture's content once it is near the window; given back when it is not shown any more. */
function usePicture(file: FileRef, near: boolean): [Got, () => void] {
  const { chat, state } = useChat();
  const [got, setGot] = useState<Got>({ state: "none" });
  const [attempt, setAttempt] = useState(0);
  // A kept log is drawn before there is a session.
  const ready = near && (state.link === "up" || attempt > 0);
  useEffect(() => {
    const at = chat.filesAt;
    if (!ready || !at) return;
    let url: string | undefined;
    let here = true;
    setGot({ state: "loading" });
    download(at, file.file_id).then(
      (content) => {
        if (!here) return;
        url = URL.createObjectURL(content);
        setGot({ state: "here", url });
      },
      (error: unknown) => here && setGot({ state: isGone(error) ? "gone" : "failed" }),
    );
    return () => {
      here = false;
      if (url) URL.revokeObjectURL(url);
    };
  }, [file.file_id, ready, attempt]);
  return [got, () => setAttempt((count) => count + 1)];
}

function useNear(): [(element: Element | null) => void, boolean] {
  const [near, setNear] = useState(!window.IntersectionObserver);
  const [element, setElement] = useState<Element | null>(null);
  useEffect(() => {
    if (near || !element) return;
    const observer = new IntersectionObserver(
      (seen) => seen.some(({ isIntersecting }) => isIntersecting) && setNear(true),
      { rootMargin: "300px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [near, element]);
  return [setElement, near];
}

const THUMB = 200;

function Picture({ file }: { file: FileRef }) {
  const { files: words } = useExtra();
  const [at, near] = useNear();
  const [got, again] = usePicture(file, near);
  const [open, setOpen] = useState(false);
  if (got.state === "gone") return <Gone file={file} />;
  const ratio = file.width && file.height ? file.width / file.height : 4 / 3;
  // The room is there before the picture is: nothing jumps.
  const width = Math.min(THUMB, THUMB * ratio);
  const size = { width: `${Math.round(width)}px`, height: `${Math.round(width / ratio)}px` };
  return (
    <>
      <button
        type="button"
        class="picture"
        ref={at}
        style={size}
        aria-label={got.state === "failed" ? `${file.name}：${words.failed}` : words.enlarge(file.name)}
        onClick={() => (got.state === "here" ? setOpen(true) : again())}
      >
        {got.state === "here" ? (
          <img src={got.url} alt="" />
        ) : (
          <span>{got.state === "failed" ? words.failed : words.loading}</span>
        )}
      </button>
      {open && got.state === "here" && (
        <Sheet title={file.name} close={() => setOpen(false)} tall>
          <img class="picture-large" src={got.url} alt={file.name} />
          <Save file={file} />
        </Sheet>
      )}
    </>
  );
}

function Other({ file }: { file: FileRef }) {
  return (
    <div class="file">
      <Icon name="file" />
      <span class="file-about">
        <span class="file-name">{file.name}</span>
        <span class="file-size">{sizeOf(file.size)}</span>
      </span>
      <Save file={file} />
    </div>
  );
}

function Gone({ file }: { file: FileRef }) {
  const { files: words } = useExtra();
  return (
    <p class="file file-gone">
      <Icon name="file" />
      <span class="file-about">
        <span class="file-name">{file.name}</span>
        <span class="file-size">{words.gone}</span>
      </span>
    </p>
  );
}

/** WeChat's browser saves nothing. */
const savesNothing = (): boolean => /MicroMessenger/i.test(navigator.userAgent);

async function save(at: FilesAt, file: FileRef): Promise<void> {
  const url = URL.createObjectURL(await download(at, file.file_id));
  const link = document.createElement("a");
  link.href = url;
  link.download = file.name;
  link.click();
  // Some browsers begin late.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function Save({ file }: { file: FileRef }) {
  const { files: words } = useExtra();
  const { chat } = useChat();
  const [said, setSaid] = useState("");
  const press = () => {
    const at = chat.filesAt;
    if (savesNothing()) setSaid(words.notSaved);
    else if (at) {
      setSaid(words.loading);
      save(at, file).then(
        () => setSaid(""),
        (error: unknown) => setSaid(isGone(error) ? words.gone : words.failed),
      );
    }
  };
  return (
    <span class="file-save">
      <button
        type="button"
        class="button button-small"
        aria-label={words.downloadOf(file.name)}
        onClick={press}
      >
        {words.download}
      </button>
      <span class="file-said" role="status">
        {said}
      </span>
    </span>
  );
}
