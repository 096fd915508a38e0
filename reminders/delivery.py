"""Giving cards: into open conversations at once, into the others at the next visit."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from conversations.schemas import Card, Choice, Draft, State
from conversations.service import access_conversation, append_message
from core.calendar import Deadline, TaxCalendar, tax_calendar
from core.clock import SHANGHAI
from core.database import Tx
from core.obligations import MONTHLY, due, last_month
from core.texts import DEFAULT, day_in_words, month_in_words, text
from reminders import repository
from reminders.repository import Waiting
from reminders.schemas import Action, CampaignSpec
from taxpayers.schemas import Taxpayer
from taxpayers.service import access_taxpayer

ACTIONS: tuple[Action, ...] = ("done", "later", "not_applicable", "ask")
BATCH = 10
"""Cards given in one transaction, so that the chat waits a few ms for the writer at most."""
AT_A_VISIT = 20
QUIET = (time(21, 0), time(8, 30))
"""Asia/Shanghai: nobody is reminded again of their own accord between these."""


def is_quiet(moment: datetime) -> bool:
    """Whether a moment lies in the quiet hours."""
    local = moment.astimezone(SHANGHAI).time()
    return local >= QUIET[0] or local < QUIET[1]


def deliver_pending(tx: Tx, conversation: State, calendar: TaxCalendar | None = None) -> list[int]:
    """Give the cards that wait for a taxpayer who is here; return their seqs.

    To be called when a session opens, in its transaction or a later one.
    """
    cards = repository.waiting(tx, limit=AT_A_VISIT, conversation_id=conversation.id)
    return deliver(tx, cards, calendar)


def deliverable(tx: Tx, limit: int = 500) -> list[Waiting]:
    """Return cards to be given into open conversations now, one for each recipient; reads only.

    In the quiet hours only first cards are given, which an operator pushed just now.
    """
    cards = repository.waiting(tx, limit=limit, first_only=is_quiet(tx.now))
    return list({(card.taxpayer_id, card.campaign_key): card for card in cards}.values())


def deliver(tx: Tx, cards: Sequence[Waiting], calendar: TaxCalendar | None = None) -> list[int]:
    """Give cards, each unless it was given or withdrawn meanwhile; return their seqs."""
    seqs = []
    for card in cards:
        conversation = access_conversation(tx, card.conversation_id, change=True)
        seqs.append(_give(tx, card, calendar or tax_calendar(), conversation.locale))
    return [seq for seq in seqs if seq is not None]


def _give(tx: Tx, card: Waiting, calendar: TaxCalendar, locale: str) -> int | None:
    """Append a card and mark its row, in this transaction; None when it is not to be given."""
    row = repository.campaign_by_key(tx, card.campaign_key)
    if row is None or row.state not in repository.ACTIVE:
        return None
    spec = CampaignSpec.model_validate(row.spec)
    who = access_taxpayer(tx, card.taxpayer_id)
    deadline = due(spec.obligation, spec.tax_period, calendar, who.profile.region)
    if deadline.date < tx.now.astimezone(SHANGHAI).date():
        repository.update_outreach(tx, card.campaign_key, card.taxpayer_id, remind_at=None)
        return None
    if not repository.claim(tx, card):
        return None
    seq = append_message(tx, card.conversation_id, _draft(spec, who, deadline, card, locale))
    repository.update_outreach(tx, card.campaign_key, card.taxpayer_id, seq=seq)
    return seq


def _draft(
    spec: CampaignSpec, who: Taxpayer, deadline: Deadline, card: Waiting, locale: str
) -> Draft:
    values = words(spec, deadline, locale) | {"name": who.name}
    template = spec.template.for_locale(locale)
    actions = [Choice(id=each, label=text(f"reminders.action.{each}", locale)) for each in ACTIONS]
    return Draft(
        sender="system",
        kind="reminder",
        text=template.text.format(**values),
        card=Card(
            campaign=spec.key,
            why=template.why.format(**values),
            due=deadline.date,
            actions=actions,
            data_as_of=card.created_at.astimezone(SHANGHAI).date(),
        ),
    )


def words(spec: CampaignSpec, deadline: Deadline, locale: str = DEFAULT) -> dict[str, Any]:
    """Return obligation, period and due day as taxpayers read them."""
    year, month = last_month(spec.obligation, spec.tax_period)
    unit = "month" if spec.obligation in MONTHLY else "quarter"
    return {
        "obligation": text(f"reminders.obligation.{spec.obligation}", locale),
        "period": text(
            f"reminders.period.{unit}",
            locale,
            year=year,
            month=month_in_words(month, locale),
            quarter=month // 3,
        ),
        "due": day_in_words(deadline.date, locale, year=True),
    }
