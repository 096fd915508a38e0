import {
  AlertFilled,
  DownOutlined,
  GlobalOutlined,
  LogoutOutlined,
  QuestionCircleOutlined,
} from "@ant-design/icons";
import { App, Button, Dropdown, Segmented } from "antd";
import type { PresenceState } from "../core/contract";
import { changeLocale, LOCALES } from "../core/locale";
import { KNOWLEDGE } from "../core/place";
import { hasConsultations, hasKnowledge, lateOnes, serves } from "../core/queue";
import { LANGUAGES, locale, texts } from "../texts";
import { useDesk, useDeskState, useNow, usePlace } from "./context";
import { PRESENCE } from "./useCommands";

const t = texts.head;
/** What one chooses from; the server takes 1 to 20. */
const CAPACITIES: readonly (number | null)[] = [null, 1, 2, 3, 4, 5, 6, 8, 10];
const STATES: readonly PresenceState[] = ["available", "busy", "away"];

/** The head of both areas; `onKeys` where there are keys to tell of. */
export function TopBar({ onKeys }: { onKeys?(): void }) {
  const desk = useDesk();
  const { modal } = App.useApp();
  const { session, rows, presence, link } = useDeskState();
  const now = useNow(1_000);
  if (!session) return null;
  const { staff } = session;
  const mine = rows.mine?.length ?? 0;
  const late = lateOnes(rows.waiting ?? [], staff, now);
  const oldest = late[0];
  const takes = serves(staff, "officer") || serves(staff, "expert");

  function leave(): void {
    if (mine === 0) desk.place.leave(() => void desk.signOut());
    else {
      modal.confirm({
        title: t.signOutTitle,
        content: t.signOutQuestion(mine),
        okText: t.signOutYes,
        cancelText: t.signOutNo,
        onOk: () => void desk.signOut(),
      });
    }
  }

  return (
    <header className="top">
      <h1 className="top-product">
        {t.product}
        <span className="top-desk">{t.desk}</span>
      </h1>
      <Areas />
      {takes && (
        <Segmented<PresenceState>
          id={PRESENCE}
          className="top-presence"
          name="presence"
          aria-label={t.presence}
          value={presence}
          onChange={(state) => void desk.setPresence(state)}
          options={STATES.map((value) => ({
            value,
            label: (
              <span className={`presence presence-${value}`}>
                <span className="presence-dot" aria-hidden="true" />
                {t.presenceStates[value]}
              </span>
            ),
          }))}
        />
      )}
      {takes && <InHand count={mine} />}
      {oldest && (
        <Button
          danger
          size="small"
          icon={<AlertFilled aria-hidden="true" />}
          title={t.lateHint}
          onClick={() => {
            desk.place.go("#/");
            desk.show("waiting");
            desk.select(oldest.consultation_id);
          }}
        >
          {t.late(late.length)}
        </Button>
      )}
      <span className="top-link" role="status">
        {link === "polling" ? texts.link.polling : link === "connecting" ? texts.link.connecting : ""}
      </span>
      {onKeys && (
        <Button
          type="text"
          size="small"
          className="top-keys"
          icon={<QuestionCircleOutlined aria-hidden="true" />}
          onClick={onKeys}
        >
          {t.keys}
        </Button>
      )}
      <Dropdown
        trigger={["click"]}
        getPopupContainer={(button) => button.parentElement ?? document.body}
        menu={{
          selectable: true,
          selectedKeys: [locale],
          items: LOCALES.map((key) => ({
            key,
            label: <span lang={key}>{LANGUAGES[key]}</span>,
            onClick: () => key !== locale && changeLocale(key, staff.id),
          })),
        }}
      >
        <Button
          type="text"
          size="small"
          className="top-language"
          aria-label={t.language}
          title={t.language}
          disabled={link !== "live"}
          icon={<GlobalOutlined aria-hidden="true" />}
        />
      </Dropdown>
      <span className="top-name">
        {staff.name}
        <span className="quiet">{roleOf(staff.roles, staff.name)}</span>
      </span>
      <Button type="text" size="small" icon={<LogoutOutlined aria-hidden="true" />} onClick={leave}>
        {t.signOut}
      </Button>
    </header>
  );
}

/** The way between consultations and the knowledge base, for who works in both. */
function Areas() {
  const { session } = useDeskState();
  const place = usePlace();
  if (!session || !hasConsultations(session.staff) || !hasKnowledge(session.staff)) return null;
  const inKnowledge = place.startsWith(KNOWLEDGE);
  return (
    <nav className="areas" aria-label={t.areas.label}>
      <a href="#/" aria-current={inKnowledge ? undefined : "page"}>
        {t.areas.consultations}
      </a>
      <a href={KNOWLEDGE} aria-current={inKnowledge ? "page" : undefined}>
        {t.areas.knowledge}
      </a>
    </nav>
  );
}

/** How many are in hand, of how many at most; that is chosen here. */
function InHand({ count }: { count: number }) {
  const desk = useDesk();
  const { capacity } = useDeskState();
  return (
    <Dropdown
      trigger={["click"]}
      getPopupContainer={(button) => button.parentElement ?? document.body}
      menu={{
        selectable: true,
        selectedKeys: [String(capacity)],
        items: CAPACITIES.map((each) => ({
          key: String(each),
          label: each === null ? t.noCapacity : t.capacityOf(each),
          onClick: () => void desk.setCapacity(each),
        })),
      }}
    >
      <Button type="text" size="small" className="top-count" title={t.capacity}>
        {t.inHand(count, capacity)} <DownOutlined aria-hidden="true" />
      </Button>
    </Dropdown>
  );
}

/** The first role that has a name; nothing when the person's name says it already. */
function roleOf(roles: readonly string[], name: string): string {
  const role = roles.map((each) => texts.roles[each]).find((each) => each !== undefined) ?? "";
  return name.includes(role) ? "" : role;
}
