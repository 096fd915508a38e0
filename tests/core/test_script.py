"""Simplified to Traditional: the traps of tax wording, what stays, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.script import shown, simplified

TRAPS = {
    "征收率": "徵收率",
    "起征点": "起徵點",
    "免征增值税": "免徵增值稅",
    "核定征收": "核定徵收",
    "海关征收税款": "海關徵收稅款",
    "先征后退": "先徵後退",
    "委托代征": "委託代徵",
    "征期": "徵期",
    "纳税信用和征信": "納稅信用和徵信",
    "长征": "長征",
    "征管系统": "徵管系統",
    "关系": "關係",
    "速算扣除系数": "速算扣除係數",
    "联系主管税务机关": "聯繫主管稅務機關",
    "所称收入系指不含税收入": "所稱收入係指不含稅收入",
    "税后利润": "稅後利潤",
    "皇后": "皇后",
    "汇算清缴以后": "彙算清繳以後",
    "属于小规模纳税人": "屬於小規模納稅人",
    "自期满之日起于15日内": "自期滿之日起於15日內",
    "增值税专用发票": "增值稅專用發票",
    "假发票": "假發票",
    "红字发票": "紅字發票",
    "代理发票": "代理發票",
    "研发费用加计扣除": "研發費用加計扣除",
    "理发店": "理髮店",
    "首发": "首發",
    "行政复议": "行政復議",
    "复核和复评": "複核和複評",
    "重复征税": "重複徵稅",
    "信用修复": "信用修復",
    "停业复业登记": "停業復業登記",
    "答复": "答覆",
    "批复": "批覆",
    "身份证复印件": "身份證複印件",
    "恢复": "恢復",
    "这里": "這裡",
    "公里": "公里",
    "十万里面": "十萬裡面",
    "云坐席": "雲坐席",
    "人云亦云": "人云亦云",
    "只能扣一次": "只能扣一次",
    "是只交个税": "是只交個稅",
    "一只股票": "一隻股票",
    "以税务机关核定的为准": "以稅務機關核定的為準",
    "核准": "核准",
    "准予扣除": "准予扣除",
    "不准抵扣": "不准抵扣",
    "计算不准确": "計算不準確",
    "政府采购": "政府採購",
    "信息采集": "信息採集",
    "开采": "開採",
    "税务干部": "稅務幹部",
    "若干问题": "若干問題",
    "红冲": "紅沖",
    "冲减销售额": "沖減銷售額",
    "规定冲突": "規定衝突",
    "汇总纳税": "彙總納稅",
    "汇算清缴": "彙算清繳",
    "外汇汇率": "外匯匯率",
    "对外付汇备案": "對外付匯備案",
    "入账标识": "入帳標識",
    "账簿凭证": "帳簿憑證",
    "查账征收": "查帳徵收",
    "网签合同": "網簽合同",
    "标签": "標籤",
    "签收": "簽收",
    "公布": "公布",
    "折合人民币": "折合人民幣",
    "注销登记": "註銷登記",
    "关注": "關注",
    "失信行为": "失信行為",
    "加计抵减": "加計抵減",
    "留抵退税": "留抵退稅",
    "非正常户": "非正常戶",
    "残保金": "殘保金",
    "合伙企业": "合夥企業",
    "余额": "餘額",
    "卷烟": "捲煙",
    "跨区域涉税事项": "跨區域涉稅事項",
    "统一社会信用代码": "統一社會信用代碼",
    "数电票": "數電票",
    "财务负责人": "財務負責人",
    "平台内经营者": "平台內經營者",
    "制造业": "製造業",
    "定期定额": "定期定額",
    # words stay, only characters change
    "点“人工”": "點「人工」",
    "信息、软件、网络、登录、打印": "信息、軟件、網絡、登錄、打印",
}


@pytest.mark.parametrize(("written", "read"), TRAPS.items())
def test_tax_wording(written: str, read: str) -> None:
    assert shown(written, "zh-Hant") == read


def test_only_traditional_changes_anything() -> None:
    assert shown("免征增值税", "zh-Hans") == "免征增值税"
    assert shown("免征增值税", "en") == "免征增值税"


def test_addresses_and_code_stay() -> None:
    said = "见 https://example.cn/税务/index.html，或运行 `税务` 后查看 entry:R01-2026"
    assert shown(said, "zh-Hant") == (
        "見 https://example.cn/税务/index.html，或運行 `税务` 後查看 entry:R01-2026"
    )


def test_places_to_fill_in_stay() -> None:
    assert shown("您排在第 {place} 位", "zh-Hant") == "您排在第 {place} 位"


def test_traditional_text_stays_as_it_is() -> None:
    assert shown("里長說：公里數、太后", "zh-Hant") == "里長說：公里數、太后"


def test_a_run_of_both_scripts_is_converted() -> None:
    assert shown("納稅人的发票", "zh-Hant") == "納稅人的發票"


def test_simplified_undoes_it() -> None:
    assert simplified("個體工商戶怎麼開發票") == "个体工商户怎么开发票"


PIECES = st.sampled_from([*TRAPS, *TRAPS.values(), *"征系后于发复里云只准采签汇冲，。 a1{}`"])


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60))
def test_any_text_keeps_its_length_and_is_converted_once(text: str) -> None:
    once = shown(text, "zh-Hant")
    assert len(once) == len(text)
    assert shown(once, "zh-Hant") == once
