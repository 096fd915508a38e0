"""Who may speak: the one place that changes the owner of a conversation."""

from typing import NamedTuple

from conversations import repository
from conversations.errors import OwnerChanged
from conversations.schemas import Owner, State
from core.audit import record
from core.database import Tx

TRANSITIONS: dict[Owner, frozenset[Owner]] = {
    "bot": frozenset({"officer_queue", "expert_queue"}),
    "officer_queue": frozenset({"officer", "expert_queue", "bot"}),
    "officer": frozenset({"officer_queue", "expert_queue", "bot"}),
    "expert_queue": frozenset({"expert", "officer_queue", "bot"}),
    "expert": frozenset({"expert_queue", "officer_queue", "bot"}),
}


class Holder(NamedTuple):
    """The officer or expert who holds a conversation."""

    id: str
    name: str


def change_owner(
    tx: Tx, current: State, to: Owner, *, actor: str, reason: str, holder: Holder | None = None
) -> State:
    """Give the conversation to another owner, if `current` still is how it stands.

    The event and the audit row are written in the same transaction.

    Args:
        current: the state that the decision was made on.
        actor: staff id, person id, `bot` or `system`.
        reason: a typed reason, e.g. `asked_for_person`.
        holder: who holds it, for `officer` and `expert` only.

    Raises:
        OwnerChanged: another owner came in between, or `to` does not follow on the present one.
    """
    if to not in TRANSITIONS[current.owner] or (holder is None) == (to in {"officer", "expert"}):
        raise OwnerChanged(f"{current.owner} cannot pass to {to}", owner=current.owner)
    seq = current.last_seq + 1
    values = {
        "owner": to,
        "holder_id": holder and holder.id,
        "holder_name": holder and holder.name,
        "last_seq": seq,
        "updated_at": tx.now,
    }
    if not repository.take_ownership(tx, current, values):
        raise OwnerChanged("somebody else took this conversation meanwhile")
    detail = {"from": current.owner, "to": to, "reason": reason, "seq": seq}
    repository.insert_message(
        tx,
        {
            "conversation_id": current.id,
            "seq": seq,
            "consultation_id": current.consultation_id,
            "sender": "system",
            "kind": "event",
            "text": "",
            "body": {"owner": detail | {"actor": actor}},
        },
    )
    record(tx, actor, "conversations:owner:change", current.id, **detail)
    tx.notify(f"conversation:{current.id}")
    tx.notify("desk")
    return current.model_copy(update=values | {"owner_version": current.owner_version + 1})
