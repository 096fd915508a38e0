const span = (start = "以前", end = "长期"): string => `${start} 至 ${end}`;

/** What the rules say against an entry, by the code of the rule; `at` names a part of a condition. */
export const texts = {
  empty: () => "还没有填写",
  bad_id: () => "只能用字母、数字、点和横线，以字母或数字开头",
  too_long: (v: { most: number }) => `最多 ${v.most} 个字符`,
  bad_form: () => "格式不对，请重新填写",
  few_aliases: (v: { count: number; least: number }) => `现有 ${v.count} 种问法，至少写 ${v.least} 种`,
  twice: () => "和问题或前面的问法重复，请删去一个",
  taken: (v: { id: string }) => `条目 ${v.id} 已有这个问法，请只留在一个条目中`,
  length: (v: { count: number; least: number; most: number }) =>
    `现有 ${v.count} 字，答案应为 ${v.least} 至 ${v.most} 字（不计空格和换行）`,
  english_cases: (v: { count: number; needed: number }) =>
    `英文有 ${v.count} 个分情形答案，中文有 ${v.needed} 个，请一一对应`,
  not_english: (v: { text: string }) => `英文中有中文：${v.text}`,
  unknown_entry: (v: { id: string }) => `没有条目 ${v.id}，请改正或删去`,
  unknown_document: (v: { id: string }) => `没有登记的文件 ${v.id}，请另选依据，或先登记文件`,
  unknown_provision: (v: { id: string }) => `文件中没有登记条款 ${v.id}，请另选条款`,
  undated: () => "看不出从何时起适用，请填写有效期起，或另选有施行日期的依据",
  never: (v: { start?: string; end?: string }) =>
    `有效期为 ${span(v.start, v.end)}，止日早于起日。请检查有效期和各依据的施行期间`,
  not_in_force: (v: { start?: string; end?: string; source_start?: string; source_end?: string }) =>
    `该依据施行期间为 ${span(v.source_start, v.source_end)}，条目有效期为 ${span(v.start, v.end)}。请改有效期，或另选依据`,
  leads_to_refusal: (v: { id: string }) => `条目 ${v.id} 属于不能办理，不供点选，请删去`,
  nothing_follows: () => "没有分情形答案，先给一般答复就不起作用。请补充情形，或取消勾选",
  not_for_kind: () => "这一种类的条目没有这一项，请清除，或更改种类",
  only_guides: () => "这一种类的条目不写规定，依据只能是操作指南，请删去",
  condition_shape: () => '条件应按字段书写，例如 {"vat_status": "general"}',
  condition_depth: (v: { most: number }) => `条件嵌套超过 ${v.most} 层，请简化`,
  condition_list: (v: { at: string }) => `${v.at}：至少写一个条件`,
  condition_field: (v: { given: string }) => `没有名为 ${v.given} 的条件`,
  condition_empty: (v: { at: string }) => `${v.at}：至少选择一项`,
  condition_comparison: (v: { at: string; use: string }) => `${v.at}：只能用 ${v.use} 比较`,
  condition_values: (v: { most: number }) => `取值超过 ${v.most} 个，请改用标签`,
  condition_value: (v: { at: string; given: string }) => `${v.at}：${v.given} 不是合适的值`,
  condition_choice: (v: { at: string; given: string; use: string }) =>
    `${v.at}：没有 ${v.given} 这个值，可用 ${v.use}`,
};

export type Texts = typeof texts;
