"""The main job, as its people meet it: one taxpayer, an officer, an expert, a reminder."""

import re
from pathlib import Path

import httpx
import pytest
import yaml
from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import PASSWORD, audit
from tests.support.host import host_token
from tests.support.proxy import Wire

pytestmark = [pytest.mark.browser, pytest.mark.rasa]

USCC = "91990000MA01TEHTXE"
PROFILE = {
    "entity_type": "company",
    "vat_status": "small_scale",
    "filing_period": "quarter",
    "credit_grade": "B",
}
TOKEN = host_token("p-story", USCC, profile=PROFILE)


def say(page: Page, words: str) -> None:
    box = page.get_by_role("textbox", name="输入您的问题")
    box.fill(words)
    box.press("Enter")
    expect(page.get_by_role("log").get_by_text(words, exact=True).last).to_be_visible()


def sign_in(page: Page, system: str, username: str) -> None:
    page.goto(f"{system}/desk/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("tab", name=re.compile("待接"))).to_be_visible()


def answer_in(page: Page, words: str) -> None:
    box = page.get_by_role("textbox", name="回复纳税人")
    box.fill(words)
    box.press("Enter")


def test_question_follow_up_officer_expert_rating_reminder(
    system: str,
    line: Wire,
    phone: Page,
    officer_desk: Page,
    expert_desk: Page,
    operator: httpx.Client,
    pictures: Path,
    project: Path,
) -> None:
    # A question is answered for this taxpayer, with its legal basis.
    chat = f"http://127.0.0.1:{line.port}/chat/"
    phone.goto(f"{chat}#token={TOKEN}")
    expect(phone.get_by_text(re.compile("王敏，您好"))).to_be_visible()
    assert TOKEN not in phone.url
    audit(phone, project)
    say(phone, "我们季度销售额多少可以免增值税")
    log = phone.get_by_role("log")
    expect(log.get_by_text(re.compile("30万元")).first).to_be_visible()
    log.get_by_role("button", name=re.compile("依据")).last.click()
    expect(log.get_by_text(re.compile("增值税法|公告")).first).to_be_visible()
    phone.screenshot(path=pictures / "chat-answer.png")
    audit(phone, project)

    # A follow-up keeps its topic.
    say(phone, "那个体户呢")
    expect(log.get_by_text(re.compile("个体|30万元|小规模")).last).to_be_visible()

    # The line breaks in the middle: what is written now arrives, once, when it is back.
    line.cut()
    expect(phone.get_by_text(re.compile("正在重连"))).to_be_visible(timeout=45_000)
    box = phone.get_by_role("textbox", name="输入您的问题")
    box.fill("忘记报税了会罚多少钱")
    box.press("Enter")
    phone.screenshot(path=pictures / "chat-reconnecting.png")
    line.mend()
    expect(log.get_by_text(re.compile("2000元以下")).first).to_be_visible(timeout=60_000)
    expect(log.get_by_text("忘记报税了会罚多少钱", exact=True)).to_have_count(1)

    # A person, one tap away; everything known goes along.
    phone.get_by_role("button", name=re.compile("人工")).first.click()
    expect(phone.locator(".strip-text", has_text="正在为您转接税务干部")).to_be_visible()
    audit(phone, project)
    sign_in(officer_desk, system, "officer1")
    officer_desk.get_by_text("示例晨光商贸有限公司").first.click()
    expect(officer_desk.get_by_text(re.compile("忘记报税了会罚多少钱")).first).to_be_visible()
    officer_desk.get_by_role("button", name=re.compile("接待")).first.click()
    expect(phone.get_by_text(re.compile("李静")).first).to_be_visible()
    profile = officer_desk.get_by_text("小规模纳税人", exact=True).filter(visible=True)
    expect(profile.first).to_be_visible()
    answer_in(officer_desk, "您好，您这次逾期的是哪个税种？")
    expect(log.get_by_text("您好，您这次逾期的是哪个税种？")).to_be_visible()
    audit(phone, project)
    say(phone, "增值税，十月属期的，还涉及外省项目预缴")
    expect(officer_desk.get_by_text("增值税，十月属期的，还涉及外省项目预缴").last).to_be_visible()
    officer_desk.screenshot(path=pictures / "desk-serving.png")

    # On to an expert, who sees the same context.
    officer_desk.get_by_role("button", name=re.compile("转专家")).first.click()
    dialog = officer_desk.get_by_role("dialog")
    dialog.get_by_label("转交原因").fill("涉及跨区域或涉外事项")
    dialog.get_by_label("情况小结").fill("增值税逾期，另有外省预缴，需确认口径")
    dialog.get_by_role("button", name="转给税务专家").click()
    expect(phone.get_by_text(re.compile("税务专家")).first).to_be_visible(timeout=20_000)
    sign_in(expert_desk, system, "expert1")
    expert_desk.get_by_text("示例晨光商贸有限公司").first.click()
    expert_desk.get_by_role("button", name=re.compile("接待")).first.click()
    expect(expert_desk.get_by_text("增值税逾期，另有外省预缴，需确认口径").first).to_be_visible()
    answer_in(expert_desk, "外省预缴与逾期分别处理，请先补报增值税。")
    expect(log.get_by_text("外省预缴与逾期分别处理，请先补报增值税。")).to_be_visible()
    phone.screenshot(path=pictures / "chat-expert.png")

    # Closed and rated.
    expert_desk.get_by_role("button", name=re.compile("办结")).first.click()
    closing = expert_desk.get_by_role("dialog")
    closing.get_by_text("已解决").click()
    closing.get_by_label("办理小结").fill("已说明补报与预缴")
    closing.get_by_role("button", name="办结").click()
    expect(log.get_by_text(re.compile("请为这次服务打个分")).last).to_be_visible()
    audit(phone, project)
    log.get_by_role("radio", name="非常满意", exact=True).last.check(force=True)
    log.get_by_role("button", name="提交评价").click()
    expect(log.get_by_text(re.compile("感谢您的评价|谢谢")).last).to_be_visible()

    # A reminder comes into the same chat and is answered there.
    campaign = yaml.safe_load(
        (project / "data" / "outreach" / "filing-2026-12.yml").read_text(encoding="utf-8")
    )
    key = campaign.pop("key")
    campaign["audience"] = {"vat_status": "small_scale"}
    kept = operator.put(f"/campaigns/{key}", json=campaign)
    assert kept.is_success, kept.text
    rows = f"uscc,name,filing_period\n{USCC},示例晨光商贸有限公司,quarter\n"
    headers = {"Content-Type": "text/csv"}
    report = operator.post(f"/campaigns/{key}/list", content=rows.encode(), headers=headers)
    assert report.json()["good"] == 1, report.text
    assert operator.post(f"/campaigns/{key}/start").is_success
    card = log.get_by_role("button", name=re.compile("已办理"))
    expect(card).to_be_visible(timeout=30_000)
    phone.screenshot(path=pictures / "chat-card.png")
    audit(phone, project)
    card.click()
    expect(log.get_by_text(re.compile("您已选择：已办理"))).to_be_visible()
    expect(log.get_by_text(re.compile("已记下您本期已办理"))).to_be_visible()
    counts = operator.get(f"/campaigns/{key}").json()["counts"]
    assert (counts["delivered"], counts["done"]) == (1, 1)
