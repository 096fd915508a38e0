import type { Plugin } from "postcss";

const WIDE = "(min-width: 700px)";

/**
 * Makes the styles fit into any page: `rem` counts from the chat's own size of text instead of the root's,
 * and what is for wide screens hangs on the class that the full page sets, because a panel on a wide screen
 * is narrow.
 */
export const ownScale: Plugin = {
  postcssPlugin: "own-scale",
  Declaration(declaration) {
    if (!/\drem\b/.test(declaration.value)) return;
    declaration.value = declaration.value.replace(/(\d*\.?\d+)rem\b/g, "calc(var(--rem) * $1)");
  },
  AtRule: {
    media(rule) {
      if (rule.params !== WIDE) return;
      rule.walkRules((inner) => {
        inner.selectors = inner.selectors.map((selector) => `.wide ${selector}`);
      });
      rule.replaceWith(rule.nodes ?? []);
    },
  },
};
