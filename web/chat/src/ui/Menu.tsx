import { useState } from "preact/hooks";
import { useTexts } from "./context";
import { isLargeText, setLargeText } from "./largeText";
import { Sheet } from "./Sheet";

export function Menu({ close }: { close: () => void }) {
  const texts = useTexts();
  const [large, setLarge] = useState(isLargeText());
  const toggle = () => {
    setLargeText(!large);
    setLarge(!large);
  };
  const { menu } = texts;
  return (
    <Sheet title={menu.title} close={close}>
      <button type="button" class="switch" role="switch" aria-checked={large} onClick={toggle}>
        <span class="switch-label">{menu.largeText}</span>
        <span class="switch-state">{large ? menu.on : menu.off}</span>
        <span class="switch-track" aria-hidden="true" />
      </button>
      <h3>{menu.aboutTitle}</h3>
      <p>{menu.about}</p>
      <h3>{menu.privacyTitle}</h3>
      <ul>
        {menu.privacy.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Sheet>
  );
}
