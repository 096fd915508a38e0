/** Keeps the composer above the screen keyboard: the full page is as high as what is really seen. */
export function fitViewport(root: HTMLElement): void {
  const view = window.visualViewport;
  if (!view) return;
  const adjust = () => {
    root.style.setProperty("--page-height", `${Math.round(view.height)}px`);
    window.scrollTo(0, 0);
  };
  view.addEventListener("resize", adjust);
  adjust();
}

const wide = window.matchMedia("(min-width: 700px)");

/** Gives a full page the room of a wide window. */
export function fitWidth(root: HTMLElement): void {
  const adjust = () => root.classList.toggle("wide", wide.matches);
  wide.addListener(adjust);
  adjust();
}

const keyboard = window.matchMedia("(hover: hover) and (pointer: fine)");

/** A computer with keys, where Enter sends; a screen keyboard keeps Enter for the new line. */
export const hasKeyboard = (): boolean => keyboard.matches;
