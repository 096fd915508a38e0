import { useDeskState } from "./context";
import { Screen } from "./Screen";
import { SignIn } from "./SignIn";

/** The desk, or its door. When a session ends the desk stays behind the door with all that was typed. */
export function App() {
  const { session, expired } = useDeskState();
  return (
    <>
      {session && (
        <div className="frame" inert={expired}>
          <Screen key={session.staff.id} />
        </div>
      )}
      {(!session || expired) && <SignIn />}
    </>
  );
}
