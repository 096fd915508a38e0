"""What the reminders know to be overdue, handed to the flows as choices."""

from conversations.schemas import State
from core.clock import SHANGHAI
from core.database import Tx
from core.texts import DEFAULT
from flows.definition import Words
from flows.due_items import DueItem
from reminders import due_items as reminders

MOST = 6
"""So many are offered, the latest first."""


def overdue(tx: Tx, state: State) -> list[DueItem]:
    """Return what a taxpayer who is surely known has not called done in time.

    Tax secrecy (Tax Collection Law, article 8): nobody else sees what somebody owes.
    """
    if state.assurance != "real_name" or state.taxpayer_id is None:
        return []
    today = tx.now.astimezone(SHANGHAI).date()
    known = reminders.due_items(tx, state.taxpayer_id)
    late = [_choice(item) for item in known if item.due < today]
    return late[: -MOST - 1 : -1]


def _choice(item: reminders.DueItem) -> DueItem:
    return DueItem(
        obligation=item.spec.obligation,
        tax_period=item.spec.tax_period,
        due=item.due,
        label=Words.model_validate({each: item.with_day(each) for each in (DEFAULT, "en")}),
    )
