import { describe, expect, it } from "vitest";
import { splitConclusion, toHtml } from "../src/core/markdown";

describe("toHtml", () => {
  it("draws lists and strong words", () =>
    expect(toHtml("- **免税**\n- 缴纳")).toBe(
      "<ul>\n<li><strong>免税</strong></li>\n<li>缴纳</li>\n</ul>\n",
    ));

  it("keeps line breaks", () => expect(toHtml("一\n二")).toContain("<br>"));

  it("turns headings into strong lines", () =>
    expect(toHtml("## 条件")).toBe("<p><strong>条件</strong></p>"));

  it("opens links in a new window, without a referrer", () =>
    expect(toHtml("[a](https://example.org/)")).toContain(
      '<a href="https://example.org/" target="_blank" rel="noopener noreferrer">',
    ));

  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](data:text/html,x)",
    '<p onclick="alert(1)" style="position:fixed" class="button" id="app">x</p>',
    "<iframe src=https://example.org></iframe>",
    "<svg><animate onbegin=alert(1)></svg>",
    "<form action=https://example.org><input name=q></form>",
    "![x](https://example.org/x.png)",
  ])("lets nothing harmful through: %s", (evil) => {
    const shown = document.createElement("div");
    shown.innerHTML = toHtml(evil);
    expect(shown.querySelector("script,img,iframe,svg,form,input,style")).toBeNull();
    for (const element of Array.from(shown.querySelectorAll("*"))) {
      for (const { name, value } of Array.from(element.attributes)) {
        expect(["href", "target", "rel", "start"]).toContain(name);
        if (name === "href") expect(value).toMatch(/^(https?:|tel:)/);
      }
    }
  });
});

describe("splitConclusion", () => {
  it.each([
    ["免征增值税。\n\n- 条件", "免征增值税。", "- 条件"],
    ["可以免税（见公告。第一条）。其余缴纳。", "可以免税（见公告。第一条）。", "其余缴纳。"],
    ["可以\n第二行", "可以", "第二行"],
    ["只有一句", "只有一句", ""],
    ["税率是 3.5%。其他", "税率是 3.5%。", "其他"],
  ])("%j", (text, conclusion, rest) => expect(splitConclusion(text)).toEqual({ conclusion, rest }));

  it.each([
    "- 一。\n- 二。",
    "1. 一。",
    "# 标题\n正文。",
    "| a | b |",
    "**开头。中间**结尾。",
    `${"长".repeat(200)}。`,
  ])("leaves %j whole", (text) => expect(splitConclusion(text)).toEqual({ conclusion: "", rest: text }));
});
