import { lazy, Suspense } from "react";
import { KNOWLEDGE } from "../core/place";
import { hasConsultations, hasKnowledge } from "../core/queue";
import { texts } from "../texts";
import { Boundary } from "./Boundary";
import { useDeskState, usePlace } from "./context";
import { Screen } from "./Screen";
import { SignIn } from "./SignIn";

const Knowledge = lazy(() => import("../knowledge/Knowledge"));

/** The desk, or its door. When a session ends the desk stays behind the door with all that was typed. */
export function App() {
  const { session, expired } = useDeskState();
  const place = usePlace();
  const inKnowledge =
    session &&
    hasKnowledge(session.staff) &&
    (place.startsWith(KNOWLEDGE) || !hasConsultations(session.staff));
  return (
    <>
      {session && (
        <div className="frame" inert={expired}>
          <Boundary key={`${session.staff.id} ${inKnowledge}`}>
            {inKnowledge ? (
              <Suspense fallback={<p className="area-loading">{texts.list.loading}</p>}>
                <Knowledge />
              </Suspense>
            ) : (
              <Screen />
            )}
          </Boundary>
        </div>
      )}
      {(!session || expired) && <SignIn />}
    </>
  );
}
