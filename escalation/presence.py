"""Who is at the desk: what one says, and the signs that the desk gives by itself."""

from collections.abc import Sequence
from datetime import timedelta

from core.database import Tx
from escalation import repository
from escalation.errors import AtCapacity
from escalation.schemas import PresenceIn, PresenceOut, Queue, Tier
from escalation.staff.schemas import Role, Staff

ALIVE = timedelta(minutes=2)
"""On duty is who is available and whose desk gave a sign (request or socket) so lately."""

TIER_ROLES: dict[Tier, frozenset[Role]] = {
    "officer": frozenset({"officer", "guide", "shift_leader"}),
    "expert": frozenset({"expert"}),
}
"""Who may take consultations of a tier."""

DESK_ROLES: tuple[Role, ...] = (
    "officer", "guide", "expert", "shift_leader", "quality", "auditor",
)  # fmt: skip
"""Who may read the desk's lists and consultations."""


def serves(who: Staff, tier: Tier) -> bool:
    """Whether someone may take consultations of this tier."""
    return who.has_role(*TIER_ROLES[tier])


def touch(tx: Tx, staff_id: str) -> None:
    """Note that someone's desk is alive."""
    repository.put_presence(tx, staff_id)


def set_presence(tx: Tx, who: Staff, wanted: PresenceIn) -> PresenceOut:
    """Note whether someone takes chats now; a capacity that is not given stays what it was."""
    repository.put_presence(tx, who.id, **wanted.model_dump(exclude_unset=True))
    tx.notify("desk")
    return get_presence(tx, who)


def require_room(tx: Tx, who: Staff) -> None:
    """Let someone take one more consultation, also one that was just given back.

    Without a capacity there is no limit; a shift leader, who steps in when all are full, has none.

    Raises:
        AtCapacity: as many are in hand as one takes at once.
    """
    capacity = repository.lock_capacity(tx, who.id)
    if capacity is None or who.has_role("shift_leader"):
        return
    in_hand = repository.count_held(tx, who.id)
    if in_hand >= capacity:
        raise AtCapacity(
            "you hold as many consultations as you take at once; end one, give one back, or take "
            "more at once",
            in_hand=in_hand,
            capacity=capacity,
        )


def leave(tx: Tx, staff_id: str) -> None:
    """Note that someone left the desk."""
    repository.put_presence(tx, staff_id, state="away")
    tx.notify("desk")


def get_presence(tx: Tx, who: Staff) -> PresenceOut:
    """Return what someone said last; `away` before the first word."""
    row = repository.presence_of(tx, who.id)
    return PresenceOut.model_validate(row) if row else PresenceOut(state="away")


def on_duty(tx: Tx, queues: Sequence[Queue]) -> dict[str, int]:
    """Count by queue who is there to take its consultations now."""
    present = [Staff.model_validate(row) for row in repository.available_staff(tx, tx.now - ALIVE)]
    return {
        each.id: sum(serves(who, each.tier) and who.sees_office(each.office) for who in present)
        for each in queues
    }
