import { h, render } from "preact";
import { describe, expect, it } from "vitest";
import { splitConclusion } from "../src/core/markdown";
import { Words } from "../src/ui/Words";

function shown(text: string): HTMLElement {
  const page = document.createElement("div");
  render(h(Words, { text }), page);
  return page;
}

const drawn = (text: string): string => shown(text).querySelector(".words")?.innerHTML ?? "";

describe("Words", () => {
  it.each([
    ["- **免税**\n- 缴纳", "<ul><li><strong>免税</strong></li><li>缴纳</li></ul>"],
    ["3. 三\n4. 四", '<ol start="3"><li>三</li><li>四</li></ol>'],
    ["- 一\n  - 二", "<ul><li>一<ul><li>二</li></ul></li></ul>"],
    ["一\n二", "<p>一<br>二</p>"],
    ["## 条件", "<p><strong>条件</strong></p>"],
    [
      "> 引\n\n*强* ~~删~~ `码`",
      "<blockquote><p>引</p></blockquote><p><em>强</em> <del>删</del> <code>码</code></p>",
    ],
    ["a &lt; b &amp; c \\* d", "<p>a &lt; b &amp; c * d</p>"],
    [
      "| 税 | 率 |\n|---|---|\n| 增 | 3% |",
      /^<table><thead><tr><th scope="col">税<\/th>.*<td>3%<\/td><\/tr><\/tbody><\/table>$/,
    ],
  ])("draws %j", (text, html) => {
    if (typeof html === "string") expect(drawn(text)).toBe(html);
    else expect(drawn(text)).toMatch(html);
  });

  it("draws nothing of nothing", () => expect(shown("").innerHTML).toBe(""));

  it("opens links in a new window, without a referrer", () =>
    expect(drawn("[a](https://example.org/)")).toBe(
      '<p><a href="https://example.org/" target="_blank" rel="noopener noreferrer">a</a></p>',
    ));

  it("shows markup as it was written", () =>
    expect(shown("<b>粗</b> <script>alert(1)</script>").textContent).toBe(
      "<b>粗</b> <script>alert(1)</script>",
    ));

  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JavaScript&colon;alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html,x)",
    "[x](//example.org)",
    '<p onclick="alert(1)" style="position:fixed" class="button" id="app">x</p>',
    "<iframe src=https://example.org></iframe>",
    "<svg><animate onbegin=alert(1)></svg>",
    "<form action=https://example.org><input name=q></form>",
    "![x](https://example.org/x.png)",
    "[x]: javascript:alert(1)\n\n[x]",
  ])("lets nothing harmful through: %s", (evil) => {
    const words = shown(evil);
    expect(words.querySelector("script,img,iframe,svg,form,input,style")).toBeNull();
    for (const element of Array.from(words.querySelectorAll(".words *"))) {
      for (const { name, value } of Array.from(element.attributes)) {
        expect(["href", "target", "rel", "start", "scope", "class"]).toContain(name);
        if (name === "href") expect(value).toMatch(/^(https?:|tel:)/);
        if (name === "class") expect(value).toBe("plain");
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
    [
      "The rate is 3.5 %, see No. 3 of the rules. Others pay.",
      "The rate is 3.5 %, see No. 3 of the rules.",
      " Others pay.",
    ],
    [`${"word ".repeat(50)}ends here.\nThe rest.`, `${"word ".repeat(50)}ends here.`, "The rest."],
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
