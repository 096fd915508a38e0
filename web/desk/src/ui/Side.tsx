import { Tabs } from "antd";
import { attemptsOf } from "../core/attempts";
import type { Chat } from "../core/state";
import { texts } from "../texts";
import { History } from "./History";
import { Robot } from "./Robot";
import { Situation } from "./Situation";

const t = texts.side;

export type SideTab = "situation" | "robot" | "history";

interface Props {
  chat: Chat | undefined;
  /** Whether it is in one's hands. */
  inHand: boolean;
  tab: SideTab;
  onTab(tab: SideTab): void;
}

/** What is known, so that nobody asks the taxpayer twice. */
export function Side({ chat, inHand, tab, onTab }: Props) {
  if (!chat) return <p className="side-none quiet">{t.none}</p>;
  const { context } = chat.detail;
  const attempts = attemptsOf(context);
  const tried = attempts.length;
  return (
    <Tabs
      className="side-tabs"
      activeKey={tab}
      onChange={(key) => onTab(key as SideTab)}
      items={[
        {
          key: "situation",
          label: t.situation,
          children: <Situation context={context} inHand={inHand ? chat.detail.consultation_id : null} />,
        },
        {
          key: "robot",
          label: (
            <>
              {t.robot} {tried > 0 && <span className="count">{tried}</span>}
            </>
          ),
          children: <Robot attempts={attempts} />,
        },
        {
          key: "history",
          label: (
            <>
              {t.history}{" "}
              {!!context.earlier?.length && <span className="count">{context.earlier.length}</span>}
            </>
          ),
          children: <History earlier={context.earlier ?? []} transfers={context.transfers ?? []} />,
        },
      ]}
    />
  );
}
