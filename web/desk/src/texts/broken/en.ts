import type { Texts } from "./zh-Hans";

export const texts: Texts = {
  title: "This cannot be shown",
  saved:
    "What you sent and saved is kept. Reload to go on; if that does not help, tell an administrator what stands below.",
  reload: "Reload",
};
