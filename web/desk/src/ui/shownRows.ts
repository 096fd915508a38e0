import type { Row } from "../core/contract";
import { inOrder, serves } from "../core/queue";
import type { State } from "../core/state";

/** The rows of the list that is open, in the order of the screen. Who waits for another tier is under "all" only. */
export function shownRows({ rows, list, session }: State): readonly Row[] {
  const found = rows[list] ?? [];
  if (list !== "waiting" || !session) return found;
  const { staff } = session;
  const reads = !serves(staff, "officer") && !serves(staff, "expert");
  return inOrder(found.filter((row) => reads || serves(staff, row.tier)));
}
