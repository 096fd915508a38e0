// Made from zh-Hans.ts by `python -m tools.hant`: change that or data/texts/zh-Hant/terms.yml.
import type { Texts } from "./zh-Hans";

export const texts: Texts = {
  add: "附件",
  list: "要發送的文件",
  uploading: "上傳中…",
  remove: (name: string) => `移除 ${name}`,
  waits: "文件上傳完後才能發送",
  reasons: {
    file_too_large: "文件太大，一個文件最多 10 MB",
    file_type_refused: "只能發送照片、PDF、OFD、Word（docx）和 Excel（xlsx）",
    file_unreadable: "文件打不開：可能已損壞、是空的，或者設了密碼",
    too_many_files: "今天在這個會話裡發送的文件太多了",
    not_holder: "這個會話已不在您手上",
    unknown: "沒有上傳成功，請移除後重新添加",
  } as Record<string, string>,
};
