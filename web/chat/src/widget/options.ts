import type { Options } from "./contract";

const BRAND = "#1558b0";

/** The options of the script tag; what can't be used is told on the console and left out. */
export function optionsOf(script: HTMLScriptElement): Options {
  const { dataset } = script;
  const offset = Number(dataset.offset);
  return {
    base: new URL(".", script.src).href.replace(/chat\/$/, ""),
    side: dataset.position === "left" ? "left" : "right",
    offset: offset >= 0 ? offset : 24,
    color: colorOf(dataset.color),
    label: dataset.label,
    locale: dataset.locale,
    topic: dataset.topic,
    flow: dataset.flow,
    hidden: dataset.launcher === "hidden",
    notify: "notify" in dataset,
    back: dataset.back !== "off",
  };
}

function colorOf(wish: string | undefined): string {
  if (wish === undefined || /^#[0-9a-f]{6}$/i.test(wish)) return wish ?? BRAND;
  console.warn(`Daoban: data-color="${wish}" is no colour like ${BRAND}`);
  return BRAND;
}

/** White or black, whichever reads better on a colour: one of them always has a contrast above 4.5 to 1. */
export function inkOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  // Equal contrast to black and white, by the relative luminance of WCAG 2.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}
