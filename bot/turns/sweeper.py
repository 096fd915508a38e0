"""Nobody is left without a word: a turn past its deadline ends in an apology and an offer."""

from bot.turns.buttons import PERSON, RETRY, buttons
from conversations import repository
from conversations.schemas import Draft
from conversations.service import access_conversation, bot_may_speak, reply
from core.database import Tx
from core.telemetry import SWEPT, TURNS
from core.texts import text


def sweep_turns(tx: Tx, limit: int = 100) -> int:
    """End the turns that are overdue; return how many were."""
    swept = 0
    for row in repository.unsettled_turns(tx, due_before=tx.now, limit=limit):
        state = access_conversation(tx, row.conversation_id, change=True)
        if not bot_may_speak(state):
            repository.settle_turn(tx, state.id, row.seq, "kept_for_person", {})
            continue
        apology = Draft(
            sender="bot",
            kind="handoff",
            text=text("chat.apology", state.locale),
            choices=buttons(state.locale, RETRY, PERSON),
        )
        swept += reply(
            tx,
            state.id,
            row.seq,
            [apology],
            outcome="apologised",
            owner_version=state.owner_version,
            memory={**state.memory, "offered": 1},
        )
    if swept:
        tx.after_commit(lambda: _count(swept))
    return swept


def _count(swept: int) -> None:
    SWEPT.labels("turn").inc(swept)
    TURNS.labels("apologised").inc(swept)
