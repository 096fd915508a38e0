import { useState } from "preact/hooks";
import { useChat, useTexts } from "./context";
import { Icon } from "./Icon";
import { Menu } from "./Menu";
import { askForPerson } from "./person";

interface Props {
  say: (text: string) => void;
  leave?: (() => void) | undefined;
}

export function Head({ say, leave }: Props) {
  const texts = useTexts();
  const { chat, state } = useChat();
  const [menu, setMenu] = useState(false);
  return (
    <header class="head">
      <div class="column head-row">
        <div class="head-names">
          <h1 class="head-service">{texts.head.service}</h1>
          <p class="head-bureau">{state.bureau || texts.head.bureau}</p>
        </div>
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
          onClick={() => setMenu(true)}
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
      {menu && <Menu close={() => setMenu(false)} />}
    </header>
  );
}
