import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";
import { askForPerson } from "./person";

interface Props {
  say: (text: string) => void;
  menu: boolean;
  openMenu: () => void;
  leave?: (() => void) | undefined;
}

export function Head({ say, menu, openMenu, leave }: Props) {
  const texts = useTexts();
  const { chat, state } = useChat();
  const { owner } = state;
  const person = owner === "officer" || owner === "expert";
  // A page of the bureau has a banner of its own.
  const Banner = leave ? "div" : "header";
  return (
    <Banner class="head">
      <div class="column head-row">
        <div class="head-names">
          <h1 class="head-service">{texts.head.service}</h1>
          <p class="head-bureau">
            <span class={person ? "tag tag-person" : "tag"}>{texts.kinds[person ? owner : "bot"]}</span>
            <span>{state.bureau || texts.head.bureau}</span>
          </p>
        </div>
        <div class="head-buttons">
          <button
            type="button"
            class="button button-person"
            title={texts.head.personLong}
            onClick={() => askForPerson(chat, texts, say)}
          >
            <Icon name="person" />
            {texts.head.person}
          </button>
          <button
            type="button"
            class="button button-plain"
            aria-haspopup="dialog"
            aria-expanded={menu}
            onClick={openMenu}
          >
            <Icon name="menu" />
            {texts.head.menu}
          </button>
          {leave && (
            <button type="button" class="button button-plain" onClick={leave}>
              <Icon name="close" />
              {texts.head.leave}
            </button>
          )}
        </div>
      </div>
    </Banner>
  );
}
