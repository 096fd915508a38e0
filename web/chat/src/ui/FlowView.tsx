import type { Flow, Message } from "../core/contract";
import type { FlowPlace } from "../core/flow";
import { ExtraContext, Late, useLate, useLateTexts } from "./late";
import { Words } from "./Words";

const SCREENS = new Late(() => import("./flow/FlowCard"));

interface Props {
  message: Message;
  flow: Flow;
  place: FlowPlace;
}

/** What a guided flow says. Its words alone suffice, and are shown until its screens are loaded. */
export function FlowView(props: Props) {
  const screens = useLate(SCREENS);
  const extra = useLateTexts();
  if (!screens || !extra) {
    return (
      <div class="bubble">
        <Words text={props.message.text} />
      </div>
    );
  }
  return (
    <ExtraContext.Provider value={extra}>
      <screens.FlowCard {...props} />
    </ExtraContext.Provider>
  );
}
