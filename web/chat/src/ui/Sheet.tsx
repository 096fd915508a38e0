import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useTexts } from "./context";
import { Icon } from "./Icon";

const FOCUSABLE = "button, a[href], textarea, input";

/** What has the focus in the tree of an element, which may be a shadow tree. */
const focusedNear = (element: Element): HTMLElement | null =>
  (element.getRootNode() as Document | ShadowRoot).activeElement as HTMLElement | null;

interface Props {
  title: string;
  close: () => void;
  children: ComponentChildren;
}

/** A dialog over the page: keeps the focus inside, Escape closes it, the focus returns to where it came from. */
export function Sheet({ title, close, children }: Props) {
  const texts = useTexts();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = box.current && focusedNear(box.current);
    box.current?.focus();
    return () => before?.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      // One thing at a time: what the sheet stands in hears Escape the next time.
      event.stopPropagation();
      close();
    }
    if (event.key !== "Tab" || !box.current) return;
    const stops = Array.from(box.current.querySelectorAll<HTMLElement>(FOCUSABLE));
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    const inside = focusedNear(box.current);
    if (inside !== edge && !(event.shiftKey && inside === box.current)) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0])?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the pointer; keys have Escape and the button
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same
    <div class="veil" onClick={(event) => event.target === event.currentTarget && close()}>
      <div
        class="sheet"
        role="dialog"
        aria-modal="true"
        aria-labelledby="sheet-title"
        tabIndex={-1}
        ref={box}
        onKeyDown={onKeyDown}
      >
        <div class="sheet-head">
          <h2 id="sheet-title">{title}</h2>
          <button type="button" class="button button-plain" onClick={close}>
            <Icon name="close" />
            {texts.menu.close}
          </button>
        </div>
        {children}
      </div>
    </div>
  );
}
