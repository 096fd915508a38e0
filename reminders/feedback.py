"""What a recipient does with a card: reads it, answers it, asks about it."""

from datetime import datetime, time
from typing import Any, NamedTuple, get_args

from conversations.schemas import State
from conversations.service import access_conversation, messages_after
from core.calendar import Deadline, TaxCalendar, tax_calendar
from core.clock import SHANGHAI
from core.database import Tx
from core.errors import BadInput
from core.obligations import due
from core.outbox import emit
from core.script import shown
from core.texts import moment_in_words, text
from reminders import repository
from reminders.delivery import words
from reminders.errors import NoSuchCard
from reminders.schemas import Action, CampaignSpec
from taxpayers.service import access_taxpayer

HELP_REQUESTED = "reminders.help_requested"
REMIND_AT = time(9, 0)
"""Asia/Shanghai, on the next working day."""


class CardAnswer(NamedTuple):
    """What became of an answer.

    Attributes:
        text: what to reply.
        question: for `ask`: what the card is about, as a question to the knowledge base.
        again: the same answer to the same card had come before; nothing was changed.
    """

    campaign: str
    action: Action
    text: str
    question: str | None
    again: bool


class _Answered(NamedTuple):
    row: Any
    spec: CampaignSpec
    deadline: Deadline
    last: datetime


def answer_card(
    tx: Tx,
    conversation: State,
    ref_seq: int,
    action: str,
    calendar: TaxCalendar | None = None,
) -> CardAnswer:
    """Take the answer to the card at `ref_seq`.

    The same answer again is the same answer. Another one takes its place and both stay in the
    history. `later` brings the card again on the next working day at 9:00 if that is not after
    the deadline.

    Raises:
        NoSuchCard: there is no card of this taxpayer's at `ref_seq`.
        BadInput: the card has no such button.
    """
    if action not in get_args(Action):
        raise BadInput(f"a card is answered by one of {', '.join(get_args(Action))}")
    chosen: Action = action  # type: ignore[assignment] # just checked
    calendar = calendar or tax_calendar()
    card = _access_card(tx, conversation, ref_seq, calendar)
    history = list(card.row.history)
    again = bool(history) and (history[-1]["seq"], history[-1]["action"]) == (ref_seq, chosen)
    if again:
        remind_at = card.row.remind_at
    else:
        remind_at = _remind_at(tx.now, card.last, calendar) if chosen == "later" else None
        history.append({"seq": ref_seq, "action": chosen, "at": tx.now.isoformat()})
        repository.update_outreach(
            tx,
            card.row.campaign_key,
            card.row.taxpayer_id,
            answer=chosen,
            answered_at=tx.now,
            read_at=card.row.read_at or tx.now,
            remind_at=remind_at,
            history=history,
        )
    return CardAnswer(
        campaign=card.spec.key,
        action=chosen,
        text=_reply(chosen, card, remind_at, conversation.locale),
        question=_question(card) if chosen == "ask" else None,
        again=again,
    )


def request_help(
    tx: Tx, conversation: State, ref_seq: int, calendar: TaxCalendar | None = None
) -> None:
    """Ask, once a card, for a person who helps with what the card at `ref_seq` is about.

    Emits `reminders.help_requested`, to which the officers' queue subscribes.

    Raises:
        NoSuchCard: there is no card of this taxpayer's at `ref_seq`.
    """
    card = _access_card(tx, conversation, ref_seq, calendar or tax_calendar())
    emit(
        tx,
        HELP_REQUESTED,
        f"{conversation.id}:{ref_seq}",
        {
            "conversation_id": conversation.id,
            "ref_seq": ref_seq,
            "campaign": card.spec.key,
            "taxpayer_id": card.row.taxpayer_id,
            "title": card.spec.title,
            "question": _question(card),
            "due": card.last.date().isoformat(),
        },
    )


def note_read(tx: Tx, conversation_id: str, seq: int) -> None:
    """Note that a taxpayer has read a conversation up to a seq; to be called with `mark_read`."""
    repository.set_read(tx, conversation_id, seq)


def _access_card(tx: Tx, conversation: State, ref_seq: int, calendar: TaxCalendar) -> _Answered:
    access_conversation(tx, conversation.id, change=True)
    found = messages_after(tx, conversation.id, ref_seq - 1, 1)
    shown = found[0].card if found and found[0].seq == ref_seq else None
    row = None
    if shown is not None and conversation.taxpayer_id is not None:
        row = repository.outreach_of(tx, shown.campaign, conversation.taxpayer_id)
    if row is None:
        raise NoSuchCard(f"message {ref_seq} is no card; read the messages again")
    kept = repository.campaign_by_key(tx, row.campaign_key)
    assert kept is not None  # noqa: S101 - a foreign key holds it
    spec = CampaignSpec.model_validate(kept.spec)
    region = access_taxpayer(tx, row.taxpayer_id).profile.region
    deadline = due(spec.obligation, spec.tax_period, calendar, region)
    last = datetime.combine(deadline.date, time.max, SHANGHAI)
    return _Answered(row, spec, deadline, last)


def _remind_at(now: datetime, last: datetime, calendar: TaxCalendar) -> datetime | None:
    day = calendar.next_workday(now.astimezone(SHANGHAI).date())
    moment = datetime.combine(day, REMIND_AT, SHANGHAI)
    return moment if moment <= last else None


def _reply(action: Action, card: _Answered, remind_at: datetime | None, locale: str) -> str:
    if action != "later":
        title = shown(card.spec.title, locale)
        return text(f"reminders.answered.{action}", locale, title=title)
    if remind_at is None:
        values = words(card.spec, card.deadline, locale)
        return text("reminders.answered.later_none", locale, **values)
    return text("reminders.answered.later", locale, moment=moment_in_words(remind_at, locale))


def _question(card: _Answered) -> str:
    """Return what is asked of the knowledge base, which is searched in Chinese."""
    return text("reminders.topic", **words(card.spec, card.deadline))
