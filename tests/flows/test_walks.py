"""Whatever a person does, a run stands at a step there is, and its summary is what was answered."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from core.calendar import tax_calendar
from flows import moves
from flows.definition import Step
from flows.engine import RESULT, SUMMARY, Engine, Known, Standing
from flows.flow import Flow
from flows.telling import Teller
from flows.wording import shown
from tests.flows.conftest import TODAY
from tests.support import flow_rules

FLOW = Flow(flow_rules.shipped().access("T01"))
ENGINE = Engine(FLOW, Known({}, TODAY, tax_calendar()))

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "subject": st.sampled_from(["company", "individual_business", "nobody", 3, None]),
    "month": st.sampled_from(["2026-01", "2026-10", "2026-13", "2030-01", "x"]),
    "has_tax": st.sampled_from([True, False, "unknown", "maybe"]),
    "amount": st.decimals(-5, 6_000_000, places=2).map(str) | st.just("much"),
    "people": st.integers(-1, 1500).map(str) | st.none(),
}
ACTIONS = st.sampled_from(["back", "change", "explain", "pause", "resume", "cancel"])
STEPS = st.sampled_from([*VALUES, "nowhere"])


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_walks(data: st.DataObject) -> None:
    standing = Standing()
    for _ in range(data.draw(st.integers(1, 25))):
        way = ENGINE.walk(standing.answers)
        place = ENGINE.place(standing, way)
        if data.draw(st.integers(0, 3)) == 0:
            action: Any = data.draw(ACTIONS)
            moved = moves.act(ENGINE, standing, action, data.draw(STEPS))
        else:
            key = (
                place.field.key if isinstance(place, Step) else data.draw(STEPS | st.just(SUMMARY))
            )
            key = SUMMARY if key == "nowhere" or place == SUMMARY else key
            raw = data.draw(VALUES[key]) if key in VALUES else True
            before = standing.answers
            moved = moves.answer(ENGINE, standing, key, raw)
            if moved.fault is not None:
                assert moved.standing.answers == before, "a refused value changes no answer"
        standing = moved.standing
        _is_sound(moved, standing)


def _is_sound(moved: moves.Moved, standing: Standing) -> None:
    way = ENGINE.walk(standing.answers)
    place = ENGINE.place(standing, way)
    assert isinstance(place, str) or place in way.path
    if place == RESULT:
        assert standing.state in {"done", "cancelled", "paused", "with_person"}
    if standing.state == "done" and way.stop is None:
        assert ENGINE.result(way).id in {"not_known", "pay", "file"}
    teller = Teller(ENGINE, "fr_1", "zh-Hans", lambda _refs, _locale: [])
    draft = teller.tell(moved)
    assert draft.text and draft.flow is not None
    shown_lines = {line["step"]: line["value"] for line in teller.summary(standing, way)}
    for step in way.path:
        if step.field.key in standing.answers:
            stored = standing.answers[step.field.key]
            assert shown_lines[step.id] == shown(step.field, stored, "zh-Hans")
    assert draft.flow["progress"]["step"] <= draft.flow["progress"]["of"]
