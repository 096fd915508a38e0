import "../styles/knowledge/frame.css";
import "../styles/knowledge/list.css";
import "../styles/knowledge/entry.css";
import "../styles/knowledge/tables.css";
import "../styles/knowledge/history.css";
import "../styles/knowledge/edit.css";
import "../styles/knowledge/conflict.css";
import "../styles/knowledge/questions.css";
import "../styles/knowledge/try.css";
import { useEffect, useMemo } from "react";
import { texts } from "../texts/knowledge";
import { useDesk, useDeskState, useLayout, usePlace } from "../ui/context";
import { Toasts } from "../ui/Toasts";
import { TopBar } from "../ui/TopBar";
import { ToolsContext } from "./context";
import { KnowledgeApi } from "./core/api";
import { Documents } from "./core/documents";
import { ALL } from "./core/filter";
import { mayEdit } from "./core/rights";
import { hashOf, type Route, routeOf } from "./core/route";
import { UnsavedTexts } from "./core/unsaved";
import { EntryList } from "./EntryList";
import { EntryScreen } from "./EntryScreen";
import { ImportedScreen } from "./ImportedScreen";
import { NewEntry } from "./NewEntry";
import { QuestionsScreen } from "./QuestionsScreen";
import { TryScreen } from "./TryScreen";

/** The editors' area: what the robot answers, and all that is done with it. */
export default function Knowledge() {
  const desk = useDesk();
  const layout = useLayout();
  const staff = useDeskState().session?.staff;
  const route = routeOf(usePlace());
  const tools = useMemo(() => {
    if (!staff) return null;
    const api = new KnowledgeApi(desk.api);
    return { api, documents: new Documents(api), unsaved: new UnsavedTexts(staff.id), staff };
  }, [desk, staff]);

  useEffect(() => {
    document.title = texts.title;
  }, []);

  if (!tools) return null;
  return (
    <ToolsContext value={tools}>
      <div className={`desk desk-${layout}`}>
        <TopBar />
        <nav className="kb-nav" aria-label={texts.nav.label}>
          <NavLink
            to={{ screen: "list", filter: ALL }}
            at={route.screen === "list" || route.screen === "entry"}
          >
            {texts.nav.entries}
          </NavLink>
          <NavLink to={{ screen: "questions", state: "open" }} at={route.screen === "questions"}>
            {texts.nav.questions}
          </NavLink>
          <NavLink to={{ screen: "try", entry: null }} at={route.screen === "try"}>
            {texts.nav.try}
          </NavLink>
          <NavLink to={{ screen: "imported", collection: null, words: "" }} at={route.screen === "imported"}>
            {texts.nav.imported}
          </NavLink>
          {mayEdit(tools.staff) && (
            <NavLink to={{ screen: "new" }} at={route.screen === "new"}>
              {texts.nav.new}
            </NavLink>
          )}
        </nav>
        <main className="kb-main">
          <Shown route={route} />
        </main>
        <Toasts />
      </div>
    </ToolsContext>
  );
}

function NavLink({ to, at, children }: { to: Route; at: boolean; children: string }) {
  return (
    <a href={hashOf(to)} aria-current={at ? "page" : undefined}>
      {children}
    </a>
  );
}

function Shown({ route }: { route: Route }) {
  switch (route.screen) {
    case "list":
      return <EntryList filter={route.filter} />;
    case "new":
      return <NewEntry />;
    case "entry":
      return <EntryScreen key={route.id} id={route.id} tab={route.tab} />;
    case "questions":
      return <QuestionsScreen key={route.state} state={route.state} />;
    case "imported":
      return <ImportedScreen key={`${route.collection} ${route.words}`} {...route} />;
    case "try":
      return <TryScreen key={route.entry} entryId={route.entry} />;
  }
}
