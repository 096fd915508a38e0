import type { Texts } from "./zh-Hans";

export const texts: Texts = {
  add: "Attach",
  list: "Files to send",
  uploading: "Uploading…",
  remove: (name) => `Remove ${name}`,
  waits: "The message can be sent when the files are uploaded",
  reasons: {
    file_too_large: "Too large: a file has 10 MB at most",
    file_type_refused: "Only photos, PDF, OFD, Word (docx) and Excel (xlsx) can be sent",
    file_unreadable: "The file cannot be opened: broken, empty, or locked by a password",
    too_many_files: "Too many files were sent in this chat today",
    not_holder: "You no longer hold this chat",
    unknown: "Not uploaded; remove it and add it again",
  },
};
