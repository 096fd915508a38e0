/** Keeps the composer above the screen keyboard: the page is as high as what is really seen. */
export function fitViewport(): void {
  const view = window.visualViewport;
  if (!view) return;
  const adjust = () => {
    document.documentElement.style.setProperty("--page-height", `${Math.round(view.height)}px`);
    window.scrollTo(0, 0);
  };
  view.addEventListener("resize", adjust);
  adjust();
}

const keyboard = window.matchMedia("(hover: hover) and (pointer: fine)");

/** A computer with keys, where Enter sends; a screen keyboard keeps Enter for the new line. */
export const hasKeyboard = (): boolean => keyboard.matches;
