"""Where a run stands and what an input does, decided from definition and answers alone."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.errors import BadInput
from flows import moves
from flows.engine import RESULT, SUMMARY, Engine, Standing
from flows.telling import progress

COMPANY = {"subject": "company", "month": "2026-09", "has_tax": "yes", "amount": "12000.00"}


def at(engine: Engine, standing: Standing) -> str:
    place = engine.place(standing, engine.walk(standing.answers))
    return place if isinstance(place, str) else place.id


def answers(engine: Engine, **given: Any) -> Standing:
    standing = Standing()
    for key, value in given.items():
        moved = moves.answer(engine, standing, key, value)
        assert moved.fault is None, moved.fault
        standing = moved.standing
    return standing


@pytest.mark.parametrize(
    ("given", "step", "seen"),
    [
        ({}, "subject", (1, 6)),
        ({"subject": "company"}, "month", (2, 6)),
        ({"subject": "individual_business"}, "month", (2, 5)),
        ({"subject": "individual_business", "month": "2026-09", "has_tax": "no"}, SUMMARY, (4, 4)),
        ({"subject": "company", "month": "2026-09", "has_tax": "no"}, "people", (4, 5)),
        (COMPANY, "people", (5, 6)),
        (COMPANY | {"people": None}, SUMMARY, (6, 6)),
        (COMPANY | {"amount": "5000000.00"}, RESULT, (4, 4)),
    ],
)
def test_the_way_follows_from_the_answers(
    engine: Engine, given: dict[str, Any], step: str, seen: tuple[int, int]
) -> None:
    standing = Standing(answers=given)
    way = engine.walk(given)
    assert at(engine, standing) == step
    assert tuple(progress(way, engine.place(standing, way)).values()) == seen


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ({"has_tax": "unknown", "people": None}, "not_known"),
        ({"has_tax": "yes", "amount": "1.00", "people": "3"}, "pay"),
        ({"has_tax": "no", "people": None}, "file"),
    ],
)
def test_the_first_result_that_holds_is_given(
    engine: Engine, given: dict[str, Any], result: str
) -> None:
    way = engine.walk({"subject": "company", "month": "2026-09"} | given)
    assert engine.result(way).id == result


def test_an_amount_over_the_limit_stops_for_a_person(engine: Engine) -> None:
    standing = answers(engine, **COMPANY | {"amount": "5000000"})
    way = engine.walk(standing.answers)
    assert standing.state == "done"
    assert way.stop is not None and way.stop.reason == "large_amount"


def test_a_threshold_of_the_bureau_goes_before_the_definitions(engine_of: Any) -> None:
    way = engine_of(parameters={}).walk(COMPANY)
    assert way.stop is None


def test_calculated_facts_are_there_once_their_needs_are(engine: Engine) -> None:
    assert engine.walk({"subject": "company"}).results == {}
    found = engine.walk(COMPANY).results
    assert found["months"] == 2 and f"{found['late_fee']:.2f}" == "12.00"


# --- inputs


def test_a_change_asks_again_only_what_it_made_invalid(engine: Engine) -> None:
    standing = answers(engine, **COMPANY, people="500")
    moved = moves.act(engine, standing, "change", "subject")
    assert at(engine, moved.standing) == "subject"
    changed = moves.answer(engine, moved.standing, "subject", "individual_business").standing
    assert at(engine, changed) == SUMMARY, "people is not asked of individual businesses"
    back = moves.act(engine, changed, "change", "subject").standing
    again = moves.answer(engine, back, "subject", "company").standing
    assert at(engine, again) == SUMMARY, "the number of people was kept"
    assert again.answers["people"] == "500"


def test_an_answer_that_a_change_made_wrong_is_asked_again(flows: Any, engine: Engine) -> None:
    standing = Standing(answers=COMPANY | {"people": "5000"})
    way = engine.walk(standing.answers)
    assert way.asks is not None and way.asks.id == "people" and way.fault is not None
    moved = moves.act(engine, replace(standing, cursor="month"), "resume")
    assert [each.key for each in moved.lead] == ["flows.changed", "flows.fault.at_most"]


def test_back_goes_step_by_step_and_stops_at_the_first(engine: Engine) -> None:
    standing = answers(engine, subject="company", month="2026-09")
    seen = []
    for _ in range(3):
        moved = moves.act(engine, standing, "back")
        standing = moved.standing
        seen.append(at(engine, standing))
    assert seen == ["month", "subject", "subject"]
    assert moved.lead[0].key == "flows.first_step"
    assert at(engine, moves.act(engine, standing, "resume").standing) == "has_tax"


def test_back_from_the_summary_and_from_the_result(engine: Engine) -> None:
    standing = answers(engine, **COMPANY, people=None)
    assert at(engine, moves.act(engine, standing, "back").standing) == "people"
    done = moves.answer(engine, standing, SUMMARY, True).standing
    assert done.state == "done" and at(engine, done) == RESULT
    reopened = moves.act(engine, done, "back").standing
    assert reopened.state == "active" and at(engine, reopened) == "people"


def test_the_summary_is_confirmed_only_when_all_is_answered(engine: Engine) -> None:
    standing = answers(engine, subject="company")
    moved = moves.answer(engine, standing, SUMMARY, True)
    assert moved.lead[0].key == "flows.not_ready" and moved.standing.answers == standing.answers


def test_an_answer_of_another_device_changes_nothing(engine: Engine) -> None:
    standing = answers(engine, subject="company")
    moved = moves.answer(engine, standing, "subject", "individual_business")
    assert moved.standing == standing
    assert moved.lead[0].key == "flows.answered_meanwhile"
    assert moves.answer(engine, standing, "subject", "company").lead == ()
    early = moves.answer(engine, standing, "people", "3")
    assert early.lead[0].key == "flows.not_asked_now" and "people" not in early.standing.answers


def test_three_refusals_in_a_row_offer_a_person(engine: Engine) -> None:
    standing = answers(engine, subject="company")
    for expected in (1, 2, 3):
        moved = moves.answer(engine, standing, "month", "2027-01")
        standing = moved.standing
        assert moved.fault is not None and moved.fault.key == "flows.fault.not_after"
        assert standing.failures == expected
    assert moved.lead[-1].key == "flows.offer_person"
    assert moves.answer(engine, standing, "month", "2026-10").standing.failures == 0


def test_a_hint_is_told_and_the_value_taken(engine: Engine) -> None:
    standing = answers(engine, subject="company", month="2026-09", has_tax=True)
    moved = moves.answer(engine, standing, "amount", "2000")
    assert moved.hint is not None and moved.lead[0].key == "flows.hint"
    assert moved.standing.answers["amount"] == "2000.00"


@pytest.mark.parametrize(
    ("given", "views"),
    [({"subject": "company"}, ["cancelled"]), (COMPANY, ["leaving", "cancelled"])],
)
def test_cancelling_asks_once_when_much_would_be_lost(
    engine: Engine, given: dict[str, Any], views: list[str]
) -> None:
    standing, seen = Standing(answers=given), []
    while standing.state == "active":
        moved = moves.act(engine, standing, "cancel")
        standing = moved.standing
        seen.append(moved.view)
    assert seen == views


def test_another_input_takes_the_wish_to_cancel_back(engine: Engine) -> None:
    standing = moves.act(engine, Standing(answers=COMPANY), "cancel").standing
    standing = moves.answer(engine, standing, "people", "3").standing
    assert moves.act(engine, standing, "cancel").view == "leaving"


@pytest.mark.parametrize("state", ["cancelled", "expired"])
@pytest.mark.parametrize("action", ["back", "change", "explain", "pause", "resume", "cancel"])
def test_what_has_ended_stays_ended(engine: Engine, state: Any, action: Any) -> None:
    standing = Standing(state=state, answers=COMPANY)
    moved = moves.act(engine, standing, action)
    assert moved.view == "ended" and moved.standing == standing
    assert moves.answer(engine, standing, "people", "3").view == "ended"


def test_no_such_field_and_no_such_action_are_refused(engine: Engine) -> None:
    with pytest.raises(BadInput):
        moves.answer(engine, Standing(), "nothing", "x")
    with pytest.raises(BadInput):
        moves.act(engine, Standing(), "dance")  # type: ignore[arg-type]


def test_explaining_says_what_is_meant_and_why(engine: Engine) -> None:
    told = moves.act(engine, Standing(), "explain").lead
    assert [each.key for each in told] == ["flows.help", "flows.why"]
    assert moves.act(engine, answers(engine, subject="company"), "explain").lead[0].key == (
        "flows.no_help"
    )


# --- what is known before


def test_a_known_value_is_offered_to_be_confirmed(engine_of: Any) -> None:
    engine = engine_of(profile={"entity_type": "company"})
    assert engine.prefilled(engine.flow.definition.step("subject")) == "company"
    assert at(engine, Standing()) == "subject", "it is still the person who says so"


@pytest.mark.parametrize("value", ["natural_person", 3, None])
def test_a_known_value_that_the_field_does_not_take_is_not_offered(
    engine_of: Any, value: Any
) -> None:
    engine = engine_of(profile={"entity_type": value})
    assert engine.prefilled(engine.flow.definition.step("subject")) is None


def test_the_way_jumps_where_the_definition_says(engine_of: Any) -> None:
    engine = engine_of("T02")
    given = {"who": {"ref": "pv_1", "mask": "1***"}, "phone": None}
    assert engine.walk(given | {"topics": ["nothing"]}).asks.id == "agree"
    assert engine.walk(given | {"topics": ["owners"]}).asks.id == "owners"
    assert engine.walk(given | {"topics": ["address"]}).asks.id == "address"


def test_rows_are_read_with_the_columns_that_are_asked_of_them(engine_of: Any) -> None:
    engine = engine_of("T02")
    reader = engine.reader({})
    field = engine.flow.definition.step("owners").field
    rows = reader.take(
        field, [{"name": "甲公司", "kind": "firm", "owner_number": "x", "share": 60}]
    )
    assert rows == [{"name": "甲公司", "kind": "firm", "share": "60"}]


def test_a_date_knows_today(engine: Engine) -> None:
    assert engine.known.today == date(2026, 11, 24)
    assert engine.walk({}).facts["today"] == engine.known.today
