import type { Staff } from "../../core/contract";
import type { Entry } from "./contract";

const has = (staff: Staff, ...roles: string[]) => staff.roles.some((role) => roles.includes(role));

export const mayEdit = (staff: Staff): boolean => has(staff, "editor", "administrator");
export const mayReview = (staff: Staff): boolean => has(staff, "reviewer", "administrator");
export const mayVerify = (staff: Staff): boolean => mayEdit(staff) || mayReview(staff);

export type Deed = "edit" | "submit" | "discard" | "approve" | "return" | "withdraw" | "verify";

/** What someone's roles and the state of an entry allow; own work is refused where it is approved. */
export function deedsOf(staff: Staff, entry: Pick<Entry, "live" | "work">): Deed[] {
  const given = entry.live === "published" || entry.live === "provisional";
  const allowed: [Deed, boolean][] = [
    ["edit", mayEdit(staff) && entry.work !== "scheduled"],
    // What is given unsigned may be signed as it stands.
    ["submit", mayEdit(staff) && (entry.work === "draft" || (!entry.work && entry.live === "provisional"))],
    ["approve", mayReview(staff) && entry.work === "in_review"],
    ["return", mayReview(staff) && (entry.work === "in_review" || entry.work === "scheduled")],
    ["verify", mayVerify(staff) && given],
    ["withdraw", mayReview(staff) && given],
    ["discard", mayEdit(staff) && (entry.work === "draft" || entry.work === "in_review")],
  ];
  return allowed.filter(([, holds]) => holds).map(([deed]) => deed);
}
