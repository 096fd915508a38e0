import {
  CloseOutlined,
  DownloadOutlined,
  LeftOutlined,
  RightOutlined,
  RotateLeftOutlined,
  RotateRightOutlined,
  UndoOutlined,
  ZoomInOutlined,
  ZoomOutOutlined,
} from "@ant-design/icons";
import { Button, Image } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import type { FileRef } from "../core/contract";
import { texts } from "../texts";
import { useContent, useFiles } from "./FilesContext";

const t = texts.files;

/** One photo, large: to be turned, enlarged and moved; Escape goes back to where one was. */
export function PhotoViewer() {
  const { photos, open } = useFiles();
  const at = photos.findIndex((photo) => photo.file_id === open);
  const photo = photos[at];
  return photo ? <Viewer photo={photo} at={at} /> : null;
}

function Viewer({ photo, at }: { photo: FileRef; at: number }) {
  const { shelf, photos, see, download } = useFiles();
  const content = useContent(photo.file_id, true);
  const place = t.viewer.place(at + 1, photos.length, photo.name);
  // What had the focus before has it again, once the viewer holds it no more.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement) setTimeout(() => before.focus());
    },
    [before],
  );
  const go = (to: number) => see(photos[to]?.file_id ?? photo.file_id);
  return (
    <Image.PreviewGroup
      items={photos.map((each) => (each === photo && content?.state === "ready" ? content.url : ""))}
      preview={{
        open: true,
        current: at,
        alt: place,
        closeIcon: false,
        scaleStep: 0.25,
        rootClassName: "viewer",
        onOpenChange: (next) => !next && see(null),
        onChange: go,
        countRender: () => (
          <span className="viewer-name">
            {place}
            <span className="viewer-note">{t.outside}</span>
          </span>
        ),
        imageRender: (image) => {
          if (content?.state === "ready") return image;
          const failed = content?.state === "failed";
          return (
            <div className="viewer-state" role="status">
              {failed ? t.failed : content?.state === "gone" ? t.removed : t.loading}
              {failed && <Button onClick={() => shelf.want(photo.file_id)}>{t.again}</Button>}
            </div>
          );
        },
        actionsRender: (_, { actions, transform }) => (
          <div className="viewer-actions">
            {photos.length > 1 && (
              <>
                <Action icon={<LeftOutlined />} disabled={at === 0} onClick={() => go(at - 1)}>
                  {t.viewer.previous}
                </Action>
                <Action
                  icon={<RightOutlined />}
                  disabled={at === photos.length - 1}
                  onClick={() => go(at + 1)}
                >
                  {t.viewer.next}
                </Action>
              </>
            )}
            <Action icon={<RotateLeftOutlined />} onClick={actions.onRotateLeft}>
              {t.viewer.rotateLeft}
            </Action>
            <Action icon={<RotateRightOutlined />} onClick={actions.onRotateRight}>
              {t.viewer.rotateRight}
            </Action>
            <Action icon={<ZoomInOutlined />} onClick={actions.onZoomIn}>
              {t.viewer.zoomIn}
            </Action>
            <Action icon={<ZoomOutOutlined />} disabled={transform.scale <= 1} onClick={actions.onZoomOut}>
              {t.viewer.zoomOut}
            </Action>
            <Action icon={<UndoOutlined />} onClick={actions.onReset}>
              {t.viewer.reset}
            </Action>
            <Action icon={<DownloadOutlined />} onClick={() => void download(photo)}>
              {t.download}
            </Action>
            <Action icon={<CloseOutlined />} onClick={() => see(null)}>
              {t.viewer.close}
            </Action>
          </div>
        ),
      }}
    />
  );
}

interface ActionProps {
  icon: ReactNode;
  disabled?: boolean;
  onClick(): void;
  children: string;
}

function Action({ icon, disabled = false, onClick, children }: ActionProps) {
  return (
    <Button icon={<span aria-hidden="true">{icon}</span>} disabled={disabled} onClick={onClick}>
      {children}
    </Button>
  );
}
