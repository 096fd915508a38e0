import type { ThemeConfig } from "antd";
import css from "../../tokens.css?raw";

/** The design tokens by name, read from the one file that both front ends share. */
export const tokens: Readonly<Record<string, string>> = Object.fromEntries(
  [...css.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]).reverse(),
);

function token(name: string): string {
  const value = tokens[name];
  if (value === undefined) throw new Error(`tokens.css has no --${name}`);
  return value;
}

const ink = token("ink");
const secondary = token("ink-secondary");
const line = token("line");
const lineStrong = token("line-strong");
const brand = token("brand");
const brandStrong = token("brand-strong");

/** antd's theme from the tokens; its pale greys are raised to 4.5:1, the edges of controls to 3:1. */
export const theme: ThemeConfig = {
  token: {
    colorPrimary: brand,
    colorInfo: brand,
    colorLink: brand,
    colorLinkHover: brandStrong,
    colorLinkActive: brandStrong,
    colorPrimaryHover: brandStrong,
    colorPrimaryActive: brandStrong,
    colorPrimaryText: brand,
    colorSuccess: token("good"),
    colorWarning: token("warn"),
    colorError: token("danger"),
    colorErrorText: token("danger"),
    colorInfoBg: token("brand-soft"),
    colorSuccessBg: token("good-soft"),
    colorWarningBg: token("warn-soft"),
    colorWarningBorder: token("warn-line"),
    colorErrorBg: token("danger-soft"),
    colorText: ink,
    colorTextBase: ink,
    colorTextSecondary: secondary,
    colorTextTertiary: secondary,
    colorTextQuaternary: secondary,
    colorTextPlaceholder: secondary,
    colorTextDescription: secondary,
    colorTextDisabled: secondary,
    colorIcon: secondary,
    colorBorder: lineStrong,
    colorBorderSecondary: line,
    colorSplit: line,
    colorBgLayout: token("ground"),
    colorBgContainer: token("surface"),
    colorBgElevated: token("surface"),
    controlItemBgActive: token("brand-soft"),
    borderRadius: 6,
    borderRadiusLG: Number.parseInt(token("radius"), 10),
    fontFamily: token("font"),
    fontSize: 14,
    boxShadow: token("float"),
    boxShadowSecondary: token("float"),
    motionDurationFast: "0.08s",
    motionDurationMid: token("motion"),
    motionDurationSlow: token("motion"),
    motion: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  },
  components: {
    Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", fontWeight: 400 },
    Tabs: {
      itemColor: secondary,
      itemSelectedColor: brand,
      itemHoverColor: brandStrong,
      horizontalItemPadding: "10px 0",
      horizontalItemGutter: 20,
      horizontalMargin: "0",
      titleFontSize: 14,
    },
    Segmented: { itemColor: secondary, itemSelectedColor: ink, trackBg: token("ground") },
    Modal: { titleFontSize: 16 },
  },
};
