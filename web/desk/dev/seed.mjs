/** Invented consultations for the mock, with moments counted back from now. */
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const LAW = {
  document: "中华人民共和国税收征收管理法",
  number: null,
  article: "第六十二条",
  effective_from: "2001-05-01",
  effective_to: null,
  url: null,
  kind: "law",
};
const VAT = {
  document: "财政部 税务总局公告",
  number: "2026年第1号",
  article: "第一条",
  effective_from: "2026-01-01",
  effective_to: "2027-12-31",
  url: "https://example.invalid/doc",
  kind: "announcement",
};

const PROFILE = {
  entity_type: "company",
  vat_status: "small_scale",
  filing_period: "quarter",
  industry: "批发和零售业",
  region: "示例市",
  employees: 12,
  annual_taxable_income: "860000.00",
  total_assets: "3200000.00",
  credit_grade: "B",
  registered_on: "2019-05-08",
  tags: ["小型微利企业", "首次逾期"],
};

const candidates = (...list) =>
  list.map(([entry_id, question, score, bm25, cosine]) => ({ entry_id, question, score, bm25, cosine }));

const ATTEMPTS = [
  {
    at: ago(610),
    question: "我们公司10月份的增值税忘记申报了，会罚多少钱",
    decision: "answer",
    confidence: 0.91,
    entry_id: "T16-01",
    candidates: candidates(
      ["T16-01", "逾期申报会怎么罚款", 0.94, 18.2, 0.91],
      ["T16-10", "首违不罚要满足什么条件", 0.71, 11.4, 0.86],
      ["T16-02", "税收滞纳金怎么计算", 0.52, 8.1, 0.83],
    ),
  },
  {
    at: ago(540),
    question: "之前去年也有一次逾期，还能按首次算吗",
    decision: "clarify",
    confidence: 0.46,
    entry_id: null,
    candidates: candidates(
      ["T16-10", "首违不罚要满足什么条件", 0.63, 9.7, 0.85],
      ["T15-04", "逾期申报影响纳税信用怎么修复", 0.58, 7.9, 0.84],
      ["T16-08", "责令限期改正通知书收到后怎么办", 0.41, 5.2, 0.8],
    ),
  },
];

function log(id) {
  let seq = 0;
  const line = (seconds, sender, text, more = {}) => ({
    seq: ++seq,
    at: ago(seconds),
    consultation_id: id,
    sender,
    kind: "text",
    text,
    sources: [],
    choices: [],
    meta: {},
    ...more,
  });
  return [
    line(90_000, "system", "近期提醒", {
      consultation_id: null,
      sender: "bot",
      kind: "reminder",
      text: "示例商贸有限公司：2026年10月的增值税申报期限为 2026-11-16，请在期限内完成申报并缴款。",
      card: {
        campaign: "filing-2026-11",
        why: "按季申报增值税，本期申报期限临近。",
        due: "2026-11-16",
        actions: [
          { id: "done", label: "已办理" },
          { id: "later", label: "稍后提醒" },
          { id: "ask", label: "我要问" },
        ],
      },
    }),
    line(89_000, "taxpayer", "稍后提醒", {
      consultation_id: null,
      meta: { input: { type: "card", ref_seq: 1, action: "later" } },
    }),
    line(620, "taxpayer", "你好"),
    line(619, "bot", "您好，请直接用自己的话提问；需要人工服务时，随时点“人工”。"),
    line(610, "taxpayer", "我们公司10月份的增值税忘记申报了，会罚多少钱"),
    line(
      609,
      "bot",
      "未按期申报的，税务机关责令限期改正，可以处2000元以下罚款；情节严重的，可以处2000元以上1万元以下罚款。\n请先在电子税务局补报并缴清税款，再看是否需要处理处罚。首次发生、危害后果轻微，并且在税务机关发现前主动改正或者在责令期限内改正的，可以不予行政处罚（首违不罚）。",
      {
        kind: "answer",
        entry_id: "T16-01",
        sources: [LAW, VAT],
      },
    ),
    line(540, "taxpayer", "之前去年也有一次逾期，还能按首次算吗"),
    line(539, "bot", "您想问的是下面哪一个？请点选；都不是的话，也可以换个说法再问一次。", {
      kind: "clarify",
      choices: [
        { id: "T16-10", label: "首违不罚要满足什么条件" },
        { id: "T15-04", label: "逾期申报影响纳税信用怎么修复" },
        { id: "none", label: "都不是" },
      ],
    }),
    line(520, "taxpayer", "都不是", { meta: { input: { type: "choice", ref_seq: seq, id: "none" } } }),
    line(500, "taxpayer", "转人工"),
    line(
      499,
      "system",
      "已为您转接税务干部，您前面的对话记录会一并转交，无需重复说明。您排在第 1 位，预计等待约 2 分钟。",
      { kind: "handoff" },
    ),
  ];
}

function row(n, name, question, waited, more = {}) {
  const id = `cs_${n}`;
  const known = more.assurance !== "anonymous";
  return {
    consultation_id: id,
    conversation_id: `cv_${n}`,
    queue: "officer",
    tier: "officer",
    state: "waiting",
    holder: null,
    waiting_since: ago(waited),
    deadline_at: ago(waited - 180),
    promised_at: null,
    closed_at: null,
    reason: "asked_for_person",
    question,
    priority: 0,
    taxpayer: { name: known ? name : "访客", assurance: known ? "real_name" : "anonymous" },
    context: {
      question,
      reason: "asked_for_person",
      opened_at: ago(waited + 120),
      taxpayer: {
        name: known ? name : "访客",
        assurance: known ? "real_name" : "anonymous",
        profile: known ? PROFILE : null,
      },
      attempts: n === 5 ? [] : ATTEMPTS,
      summary: null,
      files: [],
      flow: null,
      earlier:
        n % 3 === 1
          ? [
              {
                consultation_id: "cs_80",
                opened_at: ago(3_000_000),
                closed_at: ago(2_999_000),
                question: "电子发票红冲要对方确认吗",
                result: "solved",
                matter: "发票开具",
                summary: "已说明红字信息确认单的办理，72 小时内确认。",
                score: 5,
              },
              {
                consultation_id: "cs_81",
                opened_at: ago(9_000_000),
                closed_at: ago(8_999_000),
                question: "季度销售额刚好 30 万要不要交增值税",
                result: "unsolved",
                matter: null,
                summary: null,
                score: 3,
              },
            ]
          : [],
      transfers: [],
      due_items: known
        ? [
            { title: "增值税（第四季度）申报", due: inDays(52) },
            { title: "个人所得税代扣代缴申报", due: inDays(2) },
            { title: "增值税（10 月）补充申报", due: inDays(-8) },
          ]
        : [],
    },
    messages: log(id),
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== "assurance")),
  };
}

export function seed() {
  const me = { id: "st_1", name: "税务干部 1 号" };
  const moved = row(
    6,
    "示例建筑工程有限公司",
    "跨市承包工程，预缴的增值税能不能在机构所在地抵减，附加税怎么算",
    60,
    {
      reason: "transfer",
      tier: "expert",
      queue: "expert",
    },
  );
  moved.context.reason = "transfer";
  moved.context.summary = "已核对外出经营报验和预缴凭证；需确认附加税在预缴地与机构所在地的差额处理。";
  moved.context.transfers = [
    {
      at: ago(60),
      from_tier: "officer",
      to_tier: "expert",
      by: { id: "st_2", name: "税务干部 2 号" },
      reason: "涉及跨区域或涉外事项",
      summary: moved.context.summary,
    },
  ];
  return {
    rows: [
      row(1, "示例商贸有限公司", "逾期一天申报增值税，去年也逾期过一次，还能首违不罚吗", 320),
      row(2, "示例餐饮店", "个体户季度开票二十八万，要不要交增值税和附加税", 205, {
        reason: "low_confidence",
      }),
      row(3, "", "想问一下卖房子要交哪些税", 96, { assurance: "anonymous", reason: "no_answer" }),
      row(4, "示例科技有限公司", "研发费用加计扣除第三季度预缴时能不能享受", 45, {
        priority: 100,
        reason: "asked_for_person",
      }),
      row(5, "示例运输有限公司", "网络货运平台的发票怎么做用途确认，提示异常凭证", 12, {
        reason: "card_help",
      }),
      moved,
      row(7, "示例服饰有限公司", "红字信息确认单对方一直不确认怎么办", 900, { state: "held", holder: me }),
      row(8, "示例机械有限公司", "企业所得税季度预缴时从业人数按平均数填吗", 1500, {
        state: "held",
        holder: me,
      }),
      row(10, "示例食品有限公司", "农产品收购发票抵扣率按多少", 700, {
        state: "held",
        holder: { id: "st_2", name: "税务干部 2 号" },
      }),
      row(11, "示例印刷有限公司", "社保缴费基数怎么调整", 9000, { state: "done", closed_at: ago(8000) }),
    ].map((each) => {
      if (each.consultation_id !== "cs_7" && each.consultation_id !== "cs_8") return each;
      const seq = each.messages.length;
      each.messages.push(
        {
          seq: seq + 1,
          at: ago(300),
          consultation_id: each.consultation_id,
          sender: "system",
          kind: "notice",
          text: "税务干部 1 号（税务干部）已接入，正在查看您的问题和前面的对话记录，您无需重复说明。",
          meta: {},
        },
        {
          seq: seq + 2,
          at: ago(280),
          consultation_id: each.consultation_id,
          sender: "officer",
          name: me.name,
          kind: "text",
          text: "您好，您的情况和前面的对话我已经看到，不用再说一遍。去年那次逾期是哪个税种、有没有受到处罚？",
          meta: {},
        },
        {
          seq: seq + 3,
          at: ago(each.consultation_id === "cs_7" ? 240 : 60),
          consultation_id: each.consultation_id,
          sender: "taxpayer",
          kind: "text",
          text: "是去年4月的印花税，当时没有罚款，只补了滞纳金。",
          meta: {},
        },
      );
      return each;
    }),
  };
}
