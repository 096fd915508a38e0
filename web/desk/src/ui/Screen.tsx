import { Drawer } from "antd";
import { useEffect, useState } from "react";
import { texts } from "../texts";
import { Boundary } from "./Boundary";
import { ChatPane } from "./ChatPane";
import { CloseDialog } from "./CloseDialog";
import { useDesk, useDeskState, useLayout } from "./context";
import { FilesProvider } from "./FilesContext";
import { FlowDialog } from "./FlowDialog";
import { KeysHelp } from "./KeysHelp";
import { LinkBar } from "./LinkBar";
import { ListPane } from "./ListPane";
import { PhotoViewer } from "./PhotoViewer";
import { Side, type SideTab } from "./Side";
import { Toasts } from "./Toasts";
import { TopBar } from "./TopBar";
import { TransferDialog } from "./TransferDialog";
import { useCommands } from "./useCommands";
import { inHand, useSelected } from "./useSelected";

export type Dialog = "transfer" | "close" | "flow" | "photo" | "keys" | null;

/** The three columns: whom to serve, the conversation, what is known. */
export function Screen() {
  const desk = useDesk();
  const { session, expired, rows, selected } = useDeskState();
  const layout = useLayout();
  const [dialog, setDialog] = useState<Dialog>(null);
  const [sideTab, setSideTab] = useState<SideTab>("situation");
  const [sideOpen, setSideOpen] = useState(false);
  const [photo, setPhoto] = useState<string | null>(null);
  const about = useSelected();

  const showSide = (tab: SideTab) => {
    setSideTab(tab);
    setSideOpen(true);
  };
  useCommands({ about, dialog: photo ? "photo" : dialog, setDialog, showSide });

  const waiting = rows.waiting?.length ?? 0;
  useEffect(() => {
    document.title = texts.title(waiting);
    return () => {
      document.title = texts.title(0);
    };
  }, [waiting]);

  if (!session) return null;
  const chat = about?.chat;
  const side = <Side chat={chat} inHand={inHand(about)} tab={sideTab} onTab={setSideTab} />;
  const back = layout === "phone" ? () => desk.select(null) : undefined;
  const step = layout === "phone" && selected !== null ? "chat" : "list";
  return (
    <div className={`desk desk-${layout}`} data-step={step}>
      <TopBar onKeys={() => setDialog("keys")} />
      <LinkBar />
      <FilesProvider id={about?.id ?? ""} chat={chat} open={photo} onSee={setPhoto}>
        <div className="columns">
          {(layout !== "phone" || step === "list") && <ListPane alone={layout === "phone"} />}
          {(layout !== "phone" || step === "chat") && (
            <Boundary key={about?.id} onBack={back}>
              <ChatPane
                about={about}
                onDialog={setDialog}
                onBack={back}
                onInfo={layout === "wide" ? undefined : () => setSideOpen(true)}
              />
            </Boundary>
          )}
          {layout === "wide" ? (
            <aside className="column-side" aria-label={texts.side.label}>
              {side}
            </aside>
          ) : (
            <Drawer
              open={sideOpen && !!chat && !expired}
              onClose={() => setSideOpen(false)}
              size={layout === "phone" ? "100%" : 380}
              title={texts.side.label}
              styles={{ body: { padding: 0 } }}
            >
              {side}
            </Drawer>
          )}
        </div>
        {!expired && <PhotoViewer />}
      </FilesProvider>
      {chat && (
        <>
          <TransferDialog
            chat={chat}
            open={dialog === "transfer" && !expired}
            onDone={() => setDialog(null)}
          />
          <CloseDialog chat={chat} open={dialog === "close" && !expired} onDone={() => setDialog(null)} />
          <FlowDialog chat={chat} open={dialog === "flow" && !expired} onDone={() => setDialog(null)} />
        </>
      )}
      <KeysHelp open={dialog === "keys" && !expired} onClose={() => setDialog(null)} />
      <Toasts />
    </div>
  );
}
