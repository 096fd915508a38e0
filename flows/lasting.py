"""What happens to runs by themselves: they expire, and they move with their conversation."""

from datetime import datetime

from conversations.protected import forget
from conversations.schemas import Choice, Draft, State
from conversations.service import access_conversation, append_message
from core.database import Tx
from core.texts import DEFAULT, text
from flows import repository
from flows.schemas import Run
from flows.telling import DAYS, START, offer_choices


def offer(tx: Tx, state: State) -> Draft | None:
    """Return the offer to go on with an unfinished run, unless it is what was said last."""
    run = repository.open_run(tx, state.id)
    if run is None or run.standing.get("offered_at") == state.last_seq:
        return None
    standing = run.standing | {"offered_at": state.last_seq + 1}
    repository.update_run(tx, run, {"standing": standing})
    where = text("flows.progress", state.locale, **run.summary["progress"])
    words = text("flows.left_off", state.locale, title=titled(run, state.locale), progress=where)
    choices = offer_choices(run.id, state.locale)
    return Draft(sender="system", kind="notice", text=words, choices=choices)


def titled(run: Run, locale: str) -> str:
    """Return the title that a run's flow had, whether its file is still there or not."""
    titles: dict[str, str] = run.summary.get("titles", {})
    return titles.get(locale) or titles.get(DEFAULT) or run.flow_id


def sweep(tx: Tx, limit: int = 100) -> int:
    """End the runs whose time is over and tell each person once; return how many."""
    ended = 0
    for run in repository.expired_runs(tx, limit):
        current = access_conversation(tx, run.conversation_id, change=True)
        if not repository.update_run(tx, run, {"state": "expired", "answers": {}, "summary": {}}):
            continue  # gone on with at this very moment
        forget(tx, subject=run.id)
        title = titled(run, current.locale)
        words = text("flows.expired", current.locale, title=title, days=DAYS)
        again = Choice(
            id=f"{START}{run.flow_id}", label=text("flows.action.restart", current.locale)
        )
        append_message(
            tx,
            current.id,
            Draft(sender="system", kind="notice", text=words, choices=(again,)),
        )
        ended += 1
    return ended


def erase_conversation(tx: Tx, conversation_id: str) -> None:
    """Empty what was answered in a conversation's flows; what was sealed is the log's to forget."""
    repository.empty_runs(tx, conversation_id=conversation_id)


def erase_due(tx: Tx, before: datetime) -> int:
    """Empty the runs that nobody used since a moment; return how many."""
    return repository.empty_runs(tx, before=before)


def move(tx: Tx, from_conversation: str, to_conversation: str) -> int:
    """Take the runs of an anonymous conversation along to the person's that it joined."""
    if from_conversation == to_conversation:
        return 0
    mine = repository.open_run(tx, from_conversation)
    if mine is not None and mine.state == "active":
        repository.pause_active(tx, to_conversation)
    return repository.move_runs(tx, from_conversation, to_conversation)
