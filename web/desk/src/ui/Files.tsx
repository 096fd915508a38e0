import { DownloadOutlined, FileTextOutlined, PictureOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import type { FileRef, SentFile } from "../core/contract";
import { isPhoto, kindOf, sizeOf } from "../core/files";
import { momentOf } from "../core/time";
import { texts } from "../texts";
import { useContent, useFiles, useSeen } from "./FilesContext";

const t = texts.files;
/** CSS pixels of the longer side of a photo in the conversation. */
const SIDE = 180;

/** What a message carries: photos small, documents as a row; what a taxpayer sent comes from `outside`. */
export function MessageFiles({ files, outside }: { files: readonly FileRef[]; outside: boolean }) {
  const photos = files.filter(isPhoto);
  const documents = files.filter((file) => !isPhoto(file));
  return (
    <div className="files">
      {photos.length > 0 && (
        <div className="photos">
          {photos.map((file) => (
            <Photo key={file.file_id} file={file} />
          ))}
        </div>
      )}
      {documents.map((file) => (
        <Document key={file.file_id} file={file} />
      ))}
      {outside && <p className="quiet small">{t.outside}</p>}
    </div>
  );
}

function Photo({ file }: { file: FileRef }) {
  const { shelf, removed, see } = useFiles();
  const [box, seen] = useSeen<HTMLElement>();
  const gone = removed.has(file.file_id);
  const content = useContent(file.file_id, seen && !gone);
  const scale = SIDE / Math.max(file.width || SIDE, file.height || SIDE, SIDE);
  const size = { width: (file.width || SIDE) * scale, height: (file.height || SIDE) * scale };
  if (gone || content?.state === "gone") return <p className="file-gone quiet small">{t.removed}</p>;
  if (content?.state === "ready") {
    return (
      <button type="button" className="photo" aria-label={t.see(file.name)} onClick={() => see(file.file_id)}>
        <img src={content.url} alt="" {...size} />
      </button>
    );
  }
  return (
    <div ref={box} className="photo photo-empty small quiet" style={size} role="status">
      {content?.state === "failed" ? (
        <>
          {t.failed}
          <Button size="small" onClick={() => shelf.want(file.file_id)}>
            {t.again}
          </Button>
        </>
      ) : (
        t.loading
      )}
    </div>
  );
}

function Document({ file }: { file: FileRef }) {
  const { removed } = useFiles();
  const gone = removed.has(file.file_id);
  return (
    <div className="document">
      <FileTextOutlined aria-hidden="true" />
      <span className="file-words">
        <span className="file-name">{file.name}</span>
        <span className="quiet small">{[kindOf(file), sizeOf(file.size)].join(" · ")}</span>
      </span>
      {gone ? <span className="quiet small">{t.removed}</span> : <Download file={file} />}
    </div>
  );
}

function Download({ file }: { file: FileRef }) {
  const { download } = useFiles();
  const [busy, setBusy] = useState(false);
  return (
    <Button
      size="small"
      icon={<DownloadOutlined aria-hidden="true" />}
      loading={busy}
      aria-label={t.downloadOf(file.name)}
      onClick={() => {
        setBusy(true);
        void download(file).finally(() => setBusy(false));
      }}
    >
      {busy ? t.downloading : t.download}
    </Button>
  );
}

/** All that was sent in this conversation, the latest first; what is kept no longer is named quietly. */
export function FileList({ files, now }: { files: readonly SentFile[]; now: number }) {
  const { see } = useFiles();
  if (files.length === 0) return <p className="quiet">{t.none}</p>;
  return (
    <>
      <p className="quiet small">{t.outsideLead}</p>
      <ul className="file-list">
        {files.map((file) => (
          <li key={file.file_id} className={file.removed ? "quiet" : undefined}>
            {isPhoto(file) ? <PictureOutlined aria-hidden="true" /> : <FileTextOutlined aria-hidden="true" />}
            <span className="file-words">
              <span className="file-name">{file.name}</span>
              <span className="quiet small">
                {[kindOf(file), sizeOf(file.size), momentOf(file.sent_at, now)].join(" · ")}
              </span>
              {file.removed && <span className="quiet small">{t.removed}</span>}
            </span>
            {!file.removed &&
              (isPhoto(file) ? (
                <Button size="small" aria-label={t.see(file.name)} onClick={() => see(file.file_id)}>
                  {t.seeShort}
                </Button>
              ) : (
                <Download file={file} />
              ))}
          </li>
        ))}
      </ul>
    </>
  );
}
