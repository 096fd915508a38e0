import { KNOWLEDGE } from "../../core/place";
import { type Filter, filterOf, queryOf } from "./filter";

export const TABS = ["read", "edit", "history", "effect", "correct"] as const;
export type EntryTab = (typeof TABS)[number];

/** A screen of the knowledge area. */
export type Route =
  | { screen: "list"; filter: Filter }
  | { screen: "new" }
  | { screen: "entry"; id: string; tab: EntryTab }
  | { screen: "questions"; state: "open" | "handled" }
  | { screen: "try"; entry: string | null }
  | { screen: "imported"; collection: string | null; words: string };

export function routeOf(hash: string): Route {
  const [path = "", query = ""] = hash.slice(KNOWLEDGE.length).split("?");
  const params = new URLSearchParams(query);
  const [, screen, id, tab] = path.split("/");
  if (screen === "entry" && id) {
    const known = TABS.find((each) => each === tab) ?? "read";
    return { screen: "entry", id: decodeURIComponent(id), tab: known };
  }
  if (screen === "new") return { screen: "new" };
  if (screen === "questions") {
    return { screen: "questions", state: id === "handled" ? "handled" : "open" };
  }
  if (screen === "imported") {
    return { screen, collection: id ? decodeURIComponent(id) : null, words: params.get("q") ?? "" };
  }
  if (screen === "try") return { screen: "try", entry: params.get("entry") };
  return { screen: "list", filter: filterOf(params) };
}

export function hashOf(route: Route): string {
  switch (route.screen) {
    case "list": {
      const query = queryOf(route.filter).toString();
      return query ? `${KNOWLEDGE}?${query}` : KNOWLEDGE;
    }
    case "new":
      return `${KNOWLEDGE}/new`;
    case "entry": {
      const tab = route.tab === "read" ? "" : `/${route.tab}`;
      return `${KNOWLEDGE}/entry/${encodeURIComponent(route.id)}${tab}`;
    }
    case "questions":
      return `${KNOWLEDGE}/questions${route.state === "open" ? "" : `/${route.state}`}`;
    case "imported": {
      const name = route.collection ? `/${encodeURIComponent(route.collection)}` : "";
      const query = route.words ? `?${new URLSearchParams({ q: route.words })}` : "";
      return `${KNOWLEDGE}/imported${name}${query}`;
    }
    case "try":
      return `${KNOWLEDGE}/try${route.entry ? `?entry=${encodeURIComponent(route.entry)}` : ""}`;
  }
}
