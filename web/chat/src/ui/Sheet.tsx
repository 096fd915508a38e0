import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useTexts } from "./context";
import { Icon } from "./Icon";

const FOCUSABLE = "button, a[href], textarea, input";

interface Props {
  title: string;
  close: () => void;
  /** As high as the page, for what is long. */
  tall?: boolean;
  children: ComponentChildren;
}

/** The element with the focus, also inside of a shadow root. */
export const focused = (near: Element): HTMLElement | null =>
  (near.getRootNode() as Document | ShadowRoot).activeElement as HTMLElement | null;

/** A dialog over the page: keeps the focus inside, Escape closes it, the focus returns to where it came from. */
export function Sheet({ title, close, tall = false, children }: Props) {
  const texts = useTexts();
  const box = useRef<HTMLDivElement>(null);
  // Before it is painted: the next key already belongs to it.
  useLayoutEffect(() => {
    const before = box.current && focused(box.current);
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
    const inside = focused(box.current);
    if (inside !== edge && !(event.shiftKey && inside === box.current)) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0])?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the pointer; keys have Escape and the button
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same
    <div class="veil" onClick={(event) => event.target === event.currentTarget && close()}>
      <div
        class={tall ? "sheet sheet-tall" : "sheet"}
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
