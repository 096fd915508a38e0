// Made from zh-Hans.ts by `python -m tools.hant`: change that or data/texts/zh-Hant/terms.yml.
import type { Texts } from "./zh-Hans";

const span = (start = "以前", end = "長期"): string => `${start} 至 ${end}`;

export const texts: Texts = {
  empty: () => "還沒有填寫",
  bad_id: () => "只能用字母、數字、點和橫線，以字母或數字開頭",
  too_long: (v: { most: number }) => `最多 ${v.most} 個字符`,
  bad_form: () => "格式不對，請重新填寫",
  few_aliases: (v: { count: number; least: number }) => `現有 ${v.count} 種問法，至少寫 ${v.least} 種`,
  twice: () => "和問題或前面的問法重複，請刪去一個",
  taken: (v: { id: string }) => `條目 ${v.id} 已有這個問法，請只留在一個條目中`,
  length: (v: { count: number; least: number; most: number }) =>
    `現有 ${v.count} 字，答案應為 ${v.least} 至 ${v.most} 字（不計空格和換行）`,
  english_cases: (v: { count: number; needed: number }) =>
    `英文有 ${v.count} 個分情形答案，中文有 ${v.needed} 個，請一一對應`,
  not_english: (v: { text: string }) => `英文中有中文：${v.text}`,
  unknown_entry: (v: { id: string }) => `沒有條目 ${v.id}，請改正或刪去`,
  unknown_document: (v: { id: string }) => `沒有登記的文件 ${v.id}，請另選依據，或先登記文件`,
  unknown_provision: (v: { id: string }) => `文件中沒有登記條款 ${v.id}，請另選條款`,
  undated: () => "看不出從何時起適用，請填寫有效期起，或另選有施行日期的依據",
  never: (v: { start?: string; end?: string }) =>
    `有效期為 ${span(v.start, v.end)}，止日早於起日。請檢查有效期和各依據的施行期間`,
  not_in_force: (v: { start?: string; end?: string; source_start?: string; source_end?: string }) =>
    `該依據施行期間為 ${span(v.source_start, v.source_end)}，條目有效期為 ${span(v.start, v.end)}。請改有效期，或另選依據`,
  leads_to_refusal: (v: { id: string }) => `條目 ${v.id} 屬於不能辦理，不供點選，請刪去`,
  nothing_follows: () => "沒有分情形答案，先給一般答覆就不起作用。請補充情形，或取消勾選",
  not_for_kind: () => "這一種類的條目沒有這一項，請清除，或更改種類",
  only_guides: () => "這一種類的條目不寫規定，依據只能是操作指南，請刪去",
  condition_shape: () => '條件應按字段書寫，例如 {"vat_status": "general"}',
  condition_depth: (v: { most: number }) => `條件嵌套超過 ${v.most} 層，請簡化`,
  condition_list: (v: { at: string }) => `${v.at}：至少寫一個條件`,
  condition_field: (v: { given: string }) => `沒有名為 ${v.given} 的條件`,
  condition_empty: (v: { at: string }) => `${v.at}：至少選擇一項`,
  condition_comparison: (v: { at: string; use: string }) => `${v.at}：只能用 ${v.use} 比較`,
  condition_values: (v: { most: number }) => `取值超過 ${v.most} 個，請改用標籤`,
  condition_value: (v: { at: string; given: string }) => `${v.at}：${v.given} 不是合適的值`,
  condition_choice: (v: { at: string; given: string; use: string }) =>
    `${v.at}：沒有 ${v.given} 這個值，可用 ${v.use}`,
};
