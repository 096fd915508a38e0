import { useState } from "preact/hooks";
import type { FlowField } from "../../core/contract";
import { Icon } from "../Icon";
import { useExtra } from "../late";
import { Words } from "../Words";

type Hint = "help" | "why";

/** What a field means, and why it is asked; folded until wanted. */
export function Hints({ field }: { field: FlowField }) {
  const { flow: words } = useExtra();
  const [open, setOpen] = useState<Hint>();
  const there = (["help", "why"] as const).filter((hint) => field[hint]);
  if (there.length === 0) return null;
  return (
    <div class="flow-hints">
      {there.map((hint) => (
        <button
          type="button"
          key={hint}
          class="fold"
          aria-expanded={open === hint}
          onClick={() => setOpen(open === hint ? undefined : hint)}
        >
          {words[hint]}
          <Icon name="down" />
        </button>
      ))}
      {open && (
        <div class="flow-hint">
          <Words text={field[open] ?? ""} />
        </div>
      )}
    </div>
  );
}
