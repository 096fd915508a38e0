import { useState } from "react";
import { linesOf, same } from "../core/content";
import type { Fault } from "../core/contract";
import { TextField } from "./Field";

interface Props {
  label: string;
  lines: readonly string[];
  onChange(lines: string[]): void;
  hint?: string;
  count?: string;
  faults?: readonly Fault[];
  rows: number;
}

/** A list, one a line; the empty line that one is about to fill is no item. */
export function LinesField({ lines, onChange, ...field }: Props) {
  const [typed, setTyped] = useState(() => lines.join("\n"));
  const text = same(linesOf(typed), lines) ? typed : lines.join("\n");
  return (
    <TextField
      {...field}
      value={text}
      onChange={(value) => {
        setTyped(value);
        onChange(linesOf(value));
      }}
    />
  );
}
