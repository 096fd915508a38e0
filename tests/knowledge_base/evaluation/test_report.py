"""Replies judged, counted and compared, on the made-up collection."""

import pytest

from core.errors import BadInput
from knowledge_base.evaluation import figures
from knowledge_base.evaluation.files import Article, EvaluationFile, Question
from knowledge_base.evaluation.report import compare, evaluate, evaluate_articles, read_report
from tests.knowledge_base.conftest import TODAY

GENERAL = {"vat_status": "general"}
SMALL = {"vat_status": "small_scale", "filing_period": "quarter"}


@pytest.fixture
def results(shared_knowledge):
    def run(*questions, **one):
        asked = questions or (Question(**one),)
        return evaluate(EvaluationFile("test", tuple(asked)), shared_knowledge, TODAY)

    return run


@pytest.mark.parametrize(
    ("question", "end"),
    [
        ({"query": "忘记报税罚多少", "expect": "X-02"}, "sure, right"),
        ({"query": "忘记报税罚多少", "expect": "X-01"}, "sure, wrong"),
        ({"query": "忘记报税罚多少", "must": ["罚款"]}, "sure, right"),
        ({"query": "忘记报税罚多少", "expect": "X-02", "must_not": ["罚款"]}, "sure, wrong"),
        ({"query": "每季度开票多少免税", "expect": "X-01"}, "sure, right"),
        ({"query": "困难企业缓缴社保", "expect": "X-03"}, "lapsed"),
        ({"query": "how do i cook rice", "expect": "X-03"}, "person"),
        ({"query": "how do i cook rice", "expect": None}, "person"),
        ({"query": "困难企业缓缴社保", "expect": None}, "lapsed"),
        ({"query": "忘记报税罚多少", "expect": None}, "sure"),
    ],
)
def test_a_first_reply_is_judged(results, question, end):
    [result] = results(**question).results
    assert result.end == end
    good = question["expect"] is None if "expect" in question else False
    assert result.right == (end == "sure, right" or (good and end in {"person", "lapsed"}))


def test_a_question_before_sets_the_topic(results):
    report = results(
        query="那一般纳税人呢", after="每季度开票多少免税", expect="X-01", profile=SMALL
    )
    assert report.results[0].right


def test_both_of_a_pair_must_be_right(results):
    small = Question(query="每季度开票多少免税", must=["一般情形下"], profile=SMALL, pair="a")
    general = small.model_copy(update={"must": ["不适用这项免税"], "profile": GENERAL})
    assert results(small, general).pairs == figures.Pairs(pairs=1, all_right=1.0)
    wrong = general.model_copy(update={"profile": SMALL})
    assert results(small, wrong).pairs == figures.Pairs(pairs=1, all_right=0.0)


def test_shares_add_up_and_are_told_for_each_style(results):
    report = results(
        Question(query="忘记报税罚多少", expect="X-02", style="plain"),
        Question(query="忘记报税罚多少", expect="X-01", style="wrong"),
        Question(query="how do i cook rice", expect=None),
    )
    assert (report.replies.right, report.replies.wrong_sure) == (0.5, 0.5)
    assert (report.refusals.refused, report.refusals.policy) == (1.0, 0.0)
    assert report.by_style["plain"].replies.right == 1.0
    assert report.by_style["unsaid"].refusals.questions == 1
    assert report.ranking.hit1 == 0.5
    assert report.curve[0].coverage == 1.0
    assert report.curve[-1].error == 0.5
    assert sum(each.questions for each in report.reliability) == 3


def test_ranking_counts_places():
    made = figures.ranking([1, 2, 4, 0])
    assert (made.hit1, made.hit3, made.hit5, made.mrr) == (0.25, 0.5, 0.75, 1.75 / 4)
    assert figures.ranking([]) is None


def test_a_report_is_kept_and_compared(results, tmp_path):
    path = tmp_path / "report.json"
    before = results(
        Question(query="忘记报税罚多少", expect="X-01"), Question(query="天气", expect=None)
    )
    path.write_text(before.model_dump_json(), encoding="utf-8")
    assert read_report(path) == before
    now = results(Question(query="忘记报税罚多少", expect="X-02"))
    changes = compare(read_report(path), now)
    [better] = changes.better
    assert (better.before, better.now) == ("sure, wrong (X-02)", "sure, right (X-02)")
    assert changes.shares["replies.right"] == (0.0, 1.0)
    assert (changes.worse, changes.only_before, changes.only_now) == ([], 1, 0)
    assert compare(now, now).shares == {}


def test_what_is_no_report_is_refused(tmp_path):
    path = tmp_path / "report.json"
    path.write_text('{"no": 1}', encoding="utf-8")
    with pytest.raises(BadInput, match="no report"):
        read_report(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_report(tmp_path / "nothing")


def test_articles_are_asked_as_their_callers_did(encoder):
    titles = ["怎么办税务登记", "公司怎么注销", "发票丢了怎么办", "社保怎么交"]
    articles = [
        Article(id=str(place), title=title, answer="到大厅办理。", question=f"请问一下{title}啊")
        for place, title in enumerate(titles)
    ]
    unasked = Article(id="9", title="环保税", answer="按季申报。")
    seen = []
    report = evaluate_articles(
        EvaluationFile("own", articles=(*articles, unasked)), encoder, TODAY, lambda: seen.append(1)
    )
    assert (report.ranking.questions, report.ranking.hit1) == (4, 1.0)
    assert sum(each.questions for each in report.by_overlap.values()) == 4
    assert len(seen) == 5
