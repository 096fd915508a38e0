// Made from zh-Hans.ts by `python -m tools.hant`: change that or data/texts/zh-Hant/terms.yml.
import type { Texts } from "./zh-Hans";

export const texts: Texts = {
  title: "這裡顯示不出來",
  saved: "您已發送和保存的內容都在。重新加載後可以繼續；仍不行的，請把下面的提示告訴管理員。",
  reload: "重新加載",
};
