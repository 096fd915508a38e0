import { localeOf } from "../core/locale";
import { launcherTexts } from "../texts/launcher";
import type { Launcher, Options } from "./contract";
import { inkOn } from "./options";

const SVG = "http://www.w3.org/2000/svg";
const BUBBLE = "M4 5h16v11H10l-5 4v-4H4z";
const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans SC","Noto Sans CJK SC",sans-serif';

/**
 * The button. Its looks are set property by property, which a page's policy for styles does not touch, and
 * which needs no style sheet to be loaded before it is painted.
 */
export function drawLauncher(
  shadow: ShadowRoot,
  options: Options,
  press: () => void,
): Launcher & { busy(state: "" | "opening" | "failed"): void } {
  const button = make(
    "button",
    `
    all:unset;position:fixed;bottom:${options.offset}px;bottom:calc(${options.offset}px + env(safe-area-inset-bottom));
    ${options.side}:20px;display:${options.hidden ? "none" : "flex"};align-items:center;box-sizing:border-box;
    min-height:48px;max-width:calc(100% - 40px);padding:0 18px 0 14px;border:2px solid #fff;border-radius:24px;
    background:${options.color};color:${inkOn(options.color)};box-shadow:0 4px 16px rgba(31,35,41,.28);
    font:600 16px/1.4 ${FONT};cursor:pointer;pointer-events:auto;-webkit-tap-highlight-color:transparent`,
  );
  const icon = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [name, value] of [
    ["viewBox", "0 0 24 24"],
    ["width", "22"],
    ["height", "22"],
    ["fill", "none"],
    ["stroke", "currentColor"],
    ["stroke-width", "2"],
    ["stroke-linejoin", "round"],
    ["aria-hidden", "true"],
  ] as const)
    icon.setAttribute(name, value);
  path.setAttribute("d", BUBBLE);
  icon.appendChild(path);
  icon.style.cssText = "flex:none;margin-right:8px";
  const words = make("span", "");
  const badge = make(
    "span",
    `
    display:none;min-width:22px;margin-left:8px;padding:0 5px;box-sizing:border-box;border-radius:11px;
    background:#b42318;color:#fff;font-size:14px;line-height:22px;text-align:center`,
  );
  const heard = make(
    "span",
    "position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0 0 0 0);white-space:nowrap",
  );
  heard.setAttribute("role", "status");
  button.append(icon, words, badge);
  shadow.append(button, heard);
  button.setAttribute("type", "button");
  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("click", press);
  // The page's own outline is gone with the rest of its styles; keys need one.
  button.addEventListener("focus", () => {
    if (wantsRing(button)) button.style.outline = `3px solid ${options.color}`;
    button.style.outlineOffset = "3px";
  });
  button.addEventListener("blur", () => {
    button.style.outline = "none";
  });

  const wishes = [options.locale, document.documentElement.lang, navigator.language];
  let locale = wishes.map((wish) => wish && localeOf(wish)).find(Boolean) || "zh-Hans";
  let count = 0;
  let state: "" | "opening" | "failed" = "";
  const show = () => {
    const texts = launcherTexts[locale];
    const label = state ? texts[state] : (options.label ?? texts.label);
    words.textContent = label;
    badge.textContent = count > 99 ? "99+" : count ? String(count) : "";
    badge.style.display = count ? "block" : "none";
    button.lang = locale;
    button.setAttribute("aria-label", count ? `${label} (${texts.unread(count)})` : label);
    const said = state ? label : count ? texts.unread(count) : "";
    if (heard.textContent !== said) heard.textContent = said;
  };
  show();
  return {
    element: button,
    say: (tag) => {
      locale = localeOf(tag) ?? locale;
      show();
    },
    unread: (now) => {
      count = now;
      show();
    },
    busy: (now) => {
      state = now;
      show();
    },
    opened: (open, covered) => {
      button.setAttribute("aria-expanded", String(open));
      button.style.display = covered || options.hidden ? "none" : "flex";
    },
  };
}

/** The WebViews of 2020 don't know the selector and throw: there each focus shows. */
function wantsRing(button: HTMLElement): boolean {
  try {
    return button.matches(":focus-visible");
  } catch {
    return true;
  }
}

function make(name: "button" | "span", looks: string): HTMLElement {
  const element = document.createElement(name);
  element.style.cssText = looks;
  return element;
}
