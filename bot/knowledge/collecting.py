"""Reads the log for the editors: what was given, how it was voted, what was not answered well.

Off the path of messages, a little later. The log is read in order of its moments; a message bears
the moment its unit of work began, so each round goes back a little, and what was told twice counts
once. Whether choices were taken up shows only after a while: questions are read with a delay.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from conversations.reading import Place, asked_before, log_between, next_of_taxpayer, not_erased
from core.database import Database, Tx
from knowledge_base.choices import EntryChoice, read_choice
from knowledge_base.editing import usage
from knowledge_base.editing.usage import Given, Question, Why

BACK = timedelta(seconds=60)
DELAY = timedelta(minutes=10)
CHUNK = 200
LOW = 2
"""Scores of 5 that editors are told of."""
ANSWERS, QUESTIONS = "answers", "questions"
TELLING: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    ANSWERS: (frozenset({"answer", "handoff", "event"}), frozenset()),
    QUESTIONS: (frozenset({"event", "rating"}), frozenset({"handoff_offered", "clarified"})),
}
"""Kinds of messages, and outcomes of turns, that can say something; a vote is an `event`."""


async def collect(database: Database) -> int:
    """Read what is new; return how many messages could say something."""
    return await _round(database, ANSWERS, timedelta(0)) + await _round(database, QUESTIONS, DELAY)


async def _round(database: Database, name: str, delay: timedelta) -> int:
    place: Place | None = None
    read = 0
    while True:
        found = await database.read(lambda tx, place=place: _look(tx, name, delay, place))  # type: ignore[misc]
        await database.write(lambda tx, found=found: _note(tx, name, found))  # type: ignore[misc]
        read += len(found.rows)
        place = found.place
        if found.ends:
            return read


class _Found(NamedTuple):
    """A piece of the log: its rows, how far it was read with them, whether that is all of it."""

    rows: list[Any]
    place: Place
    ends: bool


def _look(tx: Tx, name: str, delay: timedelta, place: Place | None) -> _Found:
    """Read in no one's way: whoever writes would wait for it, and most of the log says nothing."""
    upto = tx.now - delay
    if place is None:
        mark = usage.mark(tx, name)
        place = Place(datetime.min.replace(tzinfo=upto.tzinfo) if mark is None else mark - BACK)
    kinds, outcomes = TELLING[name]
    rows = log_between(tx, place, upto, CHUNK, kinds=kinds, outcomes=outcomes)
    if len(rows) < CHUNK:
        return _Found(rows, Place(upto), ends=True)
    last = rows[-1]
    return _Found(rows, Place(last.at, last.conversation_id, last.seq), ends=False)


def _note(tx: Tx, name: str, found: _Found) -> None:
    for row in not_erased(tx, found.rows):
        (_note_answer if name == ANSWERS else _note_question)(tx, row)
    usage.set_mark(tx, name, found.place.at)


def _note_answer(tx: Tx, row: Any) -> None:
    """An entry that the bot gave, or a vote on one."""
    if row.sender == "bot" and row.kind in {"answer", "handoff"}:
        if entry_id := row.body.get("entry_id"):
            usage.note_given(tx, [Given(row.conversation_id, row.seq, entry_id, row.at)])
    elif (pressed := _input(row)) and pressed["type"] == "vote":
        usage.note_vote(tx, row.conversation_id, pressed["ref_seq"], useful=pressed["useful"])


def _note_question(tx: Tx, row: Any) -> None:
    """A question without an answer, choices that none was taken of, a bad vote or score."""
    pressed = _input(row)
    if pressed is None:
        if row.sender == "taxpayer" and (why := _unanswered(tx, row)):
            _keep(tx, row, row.text, why)
    elif pressed["type"] == "vote" and not pressed["useful"]:
        _keep_voted_down(tx, row, pressed["ref_seq"])
    elif pressed["type"] == "rating" and pressed["score"] <= LOW and row.opened_with:
        _keep(tx, row, row.opened_with, "low_rating")


def _unanswered(tx: Tx, row: Any) -> Why | None:
    if row.outcome == "handoff_offered":
        return "unanswered"
    if row.outcome != "clarified" or _chose(next_of_taxpayer(tx, row.conversation_id, row.seq)):
        return None
    return "not_chosen"


def _keep_voted_down(tx: Tx, row: Any, ref_seq: int) -> None:
    entry_id = usage.entry_given(tx, row.conversation_id, ref_seq)
    asked = asked_before(tx, row.conversation_id, ref_seq)
    if entry_id is not None and asked is not None:
        _keep(tx, row, asked.text, "voted_down", entry_id)


def _keep(tx: Tx, row: Any, text: str, why: Why, entry_id: str | None = None) -> None:
    usage.note_question(tx, Question(row.conversation_id, row.seq, row.at, text, why, entry_id))


def _chose(following: Any) -> bool:
    pressed = None if following is None else _input(following)
    if pressed is None or pressed["type"] != "choice":
        return False
    return isinstance(read_choice(pressed["id"]), EntryChoice)


def _input(row: Any) -> dict[str, Any] | None:
    found: dict[str, Any] | None = row.body.get("meta", {}).get("input")
    return found if row.sender == "taxpayer" else None
