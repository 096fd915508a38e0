import type { Locale } from ".";

export interface LauncherTexts {
  label: string;
  unread: (count: number) => string;
  opening: string;
  failed: string;
}

/** What the button in a page of the bureau says; in all languages at once, because they weigh nothing. */
export const launcherTexts: Readonly<Record<Locale, LauncherTexts>> = {
  "zh-Hans": {
    label: "在线导办",
    unread: (count) => `${count} 条新消息`,
    opening: "正在打开…",
    failed: "没有打开，点此重试",
  },
  "zh-Hant": {
    label: "在線導辦",
    unread: (count) => `${count} 條新消息`,
    opening: "正在打開…",
    failed: "沒有打開，點此重試",
  },
  en: {
    label: "Online tax help",
    unread: (count) => `${count} new message${count === 1 ? "" : "s"}`,
    opening: "Opening…",
    failed: "It did not open. Try again",
  },
};
