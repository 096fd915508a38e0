"""Nobody is left without a word: a turn that failed or is overdue ends in an apology."""

from bot.turns.buttons import PERSON, RETRY, buttons
from conversations import repository
from conversations.schemas import Draft
from conversations.service import access_conversation, bot_may_speak, reply
from core.database import Tx
from core.telemetry import SWEPT, TURNS
from core.texts import text


def sweep_turns(tx: Tx, limit: int = 100) -> int:
    """End the turns that are overdue; return how many got an apology."""
    overdue = repository.unsettled_turns(tx, due_before=tx.now, limit=limit)
    swept = sum(apologise(tx, row.conversation_id, row.seq) for row in overdue)
    if swept:
        tx.after_commit(lambda: SWEPT.labels("turn").inc(swept))
    return swept


def apology(locale: str) -> Draft:
    """Return the apology, with the offer of a person."""
    return Draft(
        sender="bot",
        kind="handoff",
        text=text("chat.apology", locale),
        choices=buttons(locale, RETRY, PERSON),
    )


def apologise(tx: Tx, conversation_id: str, seq: int) -> bool:
    """End a turn with an apology and the offer of a person; False if it needs none."""
    state = access_conversation(tx, conversation_id, change=True)
    if not bot_may_speak(state):
        repository.settle_turn(tx, state.id, seq, "kept_for_person", {})
        return False
    said = reply(
        tx,
        state.id,
        seq,
        [apology(state.locale)],
        outcome="apologised",
        owner_version=state.owner_version,
        memory={**state.memory, "offered": 1},
    )
    if said:
        tx.after_commit(TURNS.labels("apologised").inc)
    return said
