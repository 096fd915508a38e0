import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { EMPTY } from "../../src/knowledge/core/content";
import { Preview } from "../../src/knowledge/Preview";
import { texts } from "../../src/texts/knowledge";

const { atOnce, everybody, caseFor } = texts.entry;
const cases = [{ when: { vat_status: "general" }, answer: "closer" }];

/** What is said of these, in the order of the page. */
function said(general: boolean, given: typeof cases): string[] {
  const content = { ...EMPTY, question: "q", answer: "whoever asks", cases: given, general };
  const html = renderToStaticMarkup(<Preview content={content} sources={[]} />);
  return [caseFor(atOnce), caseFor(everybody), "whoever asks", "closer"]
    .filter((words) => html.includes(words))
    .sort((one, other) => html.indexOf(one) - html.indexOf(other));
}

describe("the preview", () => {
  it("shows a general answer before its cases, as it is given", () =>
    expect(said(true, cases)).toEqual([caseFor(atOnce), "whoever asks", "closer"]));

  it("shows another answer after its cases, for everybody else", () =>
    expect(said(false, cases)).toEqual(["closer", caseFor(everybody), "whoever asks"]));

  it("has no heading over the only answer", () => expect(said(false, [])).toEqual(["whoever asks"]));
});
