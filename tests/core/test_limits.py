"""So many calls in any minute, for each key apart."""

import pytest

from core.clock import Clock
from core.errors import TooMany
from core.limits import RateLimit


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds of the monotonic clock, to be put forward."""
    now = [1000.0]
    monkeypatch.setattr(Clock, "monotonic", staticmethod(lambda: now[0]))
    return now


def test_the_call_too_many_is_refused_and_told_when_to_come_back(time) -> None:
    limit = RateLimit(2)
    limit.hit("a")
    time[0] += 20
    limit.hit("a")
    with pytest.raises(TooMany) as refused:
        limit.hit("a")
    assert refused.value.extra["retry_after"] == 40
    limit.hit("b")
    time[0] += 40
    limit.hit("a")
    with pytest.raises(TooMany):
        limit.hit("a")


def test_a_refused_call_does_not_count(time) -> None:
    limit = RateLimit(1)
    limit.hit("a")
    for _ in range(5):
        time[0] += 10
        with pytest.raises(TooMany):
            limit.hit("a")
    time[0] += 10
    limit.hit("a")


def test_keys_that_rest_are_let_go_of(time) -> None:
    limit = RateLimit(5)
    for number in range(100):
        limit.hit(f"k{number}")
    time[0] += 61
    for number in range(60):
        limit.hit(f"n{number}")
    assert set(limit._calls) == {f"n{number}" for number in range(60)}


def test_what_is_counted_beyond_the_bound_is_waited_for(time) -> None:
    limit = RateLimit(2)
    for _ in range(3):
        limit.count("a")
        time[0] += 20
    assert limit.wait("a") == 20
    time[0] += 20
    assert limit.wait("a") == 0
