import { Button, Tooltip } from "antd";
import { useState } from "react";
import { texts } from "../texts/knowledge";
import { useDesk } from "../ui/context";
import { useTools } from "./context";
import type { Entry } from "./core/contract";
import { type Deed, deedsOf } from "./core/rights";
import { hashOf } from "./core/route";
import { ApproveDialog } from "./dialogs/ApproveDialog";
import { DiscardDialog } from "./dialogs/DiscardDialog";
import { ReasonDialog } from "./dialogs/ReasonDialog";
import { VerifyDialog } from "./dialogs/VerifyDialog";

const t = texts.deeds;
/** What has a button here; to edit has a tab. */
type Shown = Exclude<Deed, "edit">;

export interface DialogProps {
  entry: Entry;
  onClose(): void;
  /** Done, with the entry as it is now; null when it is to be read again. */
  onDone(entry: Entry | null, said: string): void;
}

interface Props {
  entry: Entry;
  /** There is unsaved text: what would be decided on is not all that was written. */
  dirty: boolean;
  onChanged(entry: Entry | null): void;
  onGone(): void;
}

/** What can be done with an entry; what is refused says why. */
export function Deeds({ entry, dirty, onChanged, onGone }: Props) {
  const desk = useDesk();
  const { staff } = useTools();
  const [open, setOpen] = useState<Shown | null>(null);
  const deeds = deedsOf(staff, entry).filter((deed): deed is Shown => deed !== "edit");
  if (deeds.length === 0) return null;
  const done: DialogProps["onDone"] = (changed, said) => {
    setOpen(null);
    desk.toast(said);
    if (changed === null && entry.live_version === null) onGone();
    else onChanged(changed);
  };
  const dialog = { entry, onClose: () => setOpen(null), onDone: done };
  return (
    <>
      <fieldset className="kb-deeds" aria-label={t.label}>
        {deeds.map((deed) => (
          <DeedButton
            key={deed}
            deed={deed}
            why={refusal(deed, entry, dirty)}
            entry={entry}
            onOpen={setOpen}
          />
        ))}
      </fieldset>
      {deeds.includes("approve") && entry.own_work && (
        <p className="quiet">
          {t.ownWork}{" "}
          <a href={hashOf({ screen: "entry", id: entry.id, tab: "history" })}>{texts.history.label}</a>
        </p>
      )}
      {open === "approve" && <ApproveDialog {...dialog} />}
      {open === "verify" && <VerifyDialog {...dialog} />}
      {open === "discard" && <DiscardDialog {...dialog} />}
      {(open === "submit" || open === "return" || open === "withdraw") && (
        <ReasonDialog {...dialog} deed={open} />
      )}
    </>
  );
}

function refusal(deed: Shown, entry: Entry, dirty: boolean): string | null {
  if (deed === "approve" && entry.own_work) return t.ownWork;
  if (deed === "submit" && entry.faults.length > 0) return t.hasFaults;
  if (deed === "submit" && dirty) return t.unsaved;
  return null;
}

interface ButtonProps {
  deed: Shown;
  why: string | null;
  entry: Entry;
  onOpen(deed: Shown): void;
}

/** A refused one can still be reached by keyboard, so that its reason is heard. */
function DeedButton({ deed, why, entry, onOpen }: ButtonProps) {
  const first = deed === "submit" || deed === "approve";
  const words = deed === "return" && entry.work === "scheduled" ? t.unschedule : t.names[deed];
  return (
    <Tooltip title={why}>
      <Button
        type={first && !why ? "primary" : "default"}
        danger={deed === "withdraw" || deed === "discard"}
        aria-disabled={why !== null}
        className={why === null ? undefined : "kb-refused"}
        onClick={() => why === null && onOpen(deed)}
      >
        {words}
        {why && <span className="unseen">{why}</span>}
      </Button>
    </Tooltip>
  );
}
