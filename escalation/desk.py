"""What an officer or expert does with a consultation: claim, answer, pass on, give back, close."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from conversations import protected
from conversations import repository as log
from conversations.consultations import Result
from conversations.errors import ClientMessageIdReused, NoSuchConsultation
from conversations.files import service as files
from conversations.files.content import Content
from conversations.files.schemas import FileOut
from conversations.ownership import Holder, change_owner
from conversations.schemas import TEXT_LIMIT, Draft, Message, State
from conversations.service import access_conversation, append_message, clean
from core.audit import record
from core.database import Tx
from core.errors import BadInput, NotAllowed
from core.identifiers import mask
from core.texts import text
from core.vault import Vault
from escalation import presence, repository, service
from escalation.errors import AlreadyClaimed, NotHolder
from escalation.presence import serves
from escalation.schemas import FIRST, Entry, FlowSent, HolderOut, Tier, Transfer
from escalation.service import access_entry, access_queue
from escalation.staff import repository as accounts
from escalation.staff.schemas import Staff
from flows.service import Flows


def access_consultation(tx: Tx, consultation_id: str, who: Staff) -> Entry:
    """Load the last entry of a consultation, of a queue in someone's reach.

    Raises:
        NoSuchConsultation: it never was with people, or belongs to another office.
    """
    entry = repository.latest_entry(tx, consultation_id)
    if entry is None or not who.sees_office(access_queue(tx, entry.queue_id).office):
        raise NoSuchConsultation(f"no consultation {consultation_id} in your queues")
    return entry


def claim(tx: Tx, consultation_id: str, who: Staff) -> Entry:
    """Take a consultation that waits; of many who try at once exactly one gets it.

    Raises:
        AlreadyClaimed: somebody holds it, the caller included, or it has ended.
        AtCapacity: the caller holds as many as the caller takes at once.
        NotAllowed: the queue is of another tier.
        NoSuchConsultation: none in reach.
    """
    entry = access_consultation(tx, consultation_id, who)
    if not serves(who, entry.tier):
        raise NotAllowed(f"taking from the {entry.tier} queue needs a role of that tier")
    if entry.state != "waiting":
        raise _already_claimed(tx, entry)
    current = access_conversation(tx, entry.conversation_id, change=True)
    presence.require_room(tx, who)
    taken = repository.update_entry(
        tx,
        entry.id,
        only_waiting=True,
        state="held",
        holder_id=who.id,
        claimed_at=tx.now,
        claimed_seq=current.last_seq,
    )
    if not taken:
        raise _already_claimed(tx, access_entry(tx, entry.id))
    change_owner(
        tx, current, entry.tier, actor=who.id, reason="claimed", holder=Holder(who.id, who.name)
    )
    service.forget_meanwhile(tx, current)
    words = text(f"escalation.claimed.{entry.tier}", current.locale, name=who.name)
    service.tell(tx, current.id, words, event="claimed")
    return access_entry(tx, entry.id)


def _already_claimed(tx: Tx, entry: Entry) -> AlreadyClaimed:
    if entry.state == "done":
        return AlreadyClaimed("this consultation has ended", holder=None)
    return AlreadyClaimed(
        "somebody else holds this consultation; take another one", holder=holder_of(tx, entry)
    )


def holder_of(tx: Tx, entry: Entry) -> dict[str, str] | None:
    """Return id and name of who holds an entry."""
    if entry.holder_id is None:
        return None
    names = accounts.staff_names(tx, {entry.holder_id})
    return {"id": entry.holder_id, "name": names[entry.holder_id]}


def _in_hand(tx: Tx, consultation_id: str, who: Staff) -> tuple[State, Entry]:
    """Lock the conversation of a consultation that someone holds.

    Raises:
        NotHolder: another one holds it, or nobody.
    """
    entry = access_consultation(tx, consultation_id, who)
    current = access_conversation(tx, entry.conversation_id, change=True)
    entry = access_entry(tx, entry.id)
    _check_holder(tx, entry, who)
    return current, entry


def _check_holder(tx: Tx, entry: Entry, who: Staff) -> None:
    if entry.state != "held" or entry.holder_id != who.id:
        raise NotHolder(
            "you do not hold this consultation; claim it first",
            holder=holder_of(tx, entry) if entry.state == "held" else None,
        )


def reply(
    tx: Tx,
    consultation_id: str,
    who: Staff,
    client_message_id: str,
    words: str,
    *,
    file_ids: Sequence[str] = (),
) -> int:
    """Say something to the taxpayer, or send files; a resend gets the first seq.

    Identity, phone and card numbers are masked before anything is stored.

    Raises:
        NotHolder: the caller does not hold it.
        BadInput: nothing readable and no file, too long, or a file was sent before.
        NoSuchFile: the caller took no such file in for this conversation.
        ClientMessageIdReused: the id came before with another text or other files.
    """
    cleaned = clean(words)
    if not (cleaned or file_ids) or len(cleaned) > TEXT_LIMIT:
        raise BadInput(f"a message needs 1 to {TEXT_LIMIT} readable characters, or a file")
    masked = mask(cleaned)
    entry = access_consultation(tx, consultation_id, who)
    access_conversation(tx, entry.conversation_id, change=True)
    own_id = f"{who.id}:{client_message_id}"
    if before := log.resent(tx, entry.conversation_id, own_id):
        sent = log.message_at(tx, entry.conversation_id, before.seq)
        if sent is None or not _is_same(sent, masked.text, file_ids):
            raise ClientMessageIdReused(
                "this client_message_id was used for another text; take a new one", seq=before.seq
            )
        return int(before.seq)
    current, entry = _in_hand(tx, consultation_id, who)
    log.touch_consultation(tx, consultation_id)
    carried = files.files_to_send(tx, current.id, file_ids, by=who.id) if file_ids else []
    names = "、".join(each.name for each in carried)
    meta: dict[str, Any] = {"masked": sorted(masked.kinds)} if masked.kinds else {}
    if carried:
        meta["files"] = [each.model_dump(exclude_none=True) for each in carried]
        meta["captioned"] = bool(masked.text)
    draft = Draft(
        sender=entry.tier,
        kind="file" if carried else "text",
        name=who.name,
        text=masked.text or text("chat.files.sent", current.locale, names=names),
        meta=meta,
    )
    seq = append_message(tx, current.id, draft, client_message_id=own_id)
    if carried:
        files.attach(tx, file_ids, seq=seq, consultation_id=consultation_id)
    return seq


def _is_same(sent: Message, words: str, file_ids: Sequence[str]) -> bool:
    """Whether a resend has the content of the first time."""
    carried = [each["file_id"] for each in sent.meta.get("files", [])]
    said = sent.text if sent.meta.get("captioned", True) else ""
    return (said, carried) == (words, list(file_ids))


def check_holds(tx: Tx, consultation_id: str, who: Staff) -> None:
    """Check that someone holds a consultation, before a file of theirs is read.

    Raises:
        NotHolder: another one holds it, or nobody.
    """
    _check_holder(tx, access_consultation(tx, consultation_id, who), who)


def take_file(
    tx: Tx,
    consultation_id: str,
    who: Staff,
    file_id: str,
    *,
    name: str,
    content: Content,
    kept_for: timedelta,
) -> FileOut:
    """Note a file that the holder is about to send; audited.

    Raises:
        NotHolder: the caller does not hold it.
        TooManyFiles: the staff sent their files of this day into this conversation.
    """
    current, entry = _in_hand(tx, consultation_id, who)
    taken = files.take_in(
        tx, current.id, file_id, name=name, content=content, kept_for=kept_for, by=who.id
    )
    record(tx, who.id, "escalation:file:take", file_id, consultation=entry.consultation_id)
    return taken


def send_flow(tx: Tx, flows: Flows, consultation_id: str, who: Staff, flow_id: str) -> FlowSent:
    """Let the taxpayer of a chat in hand go through a flow; it begins, or goes on, at once.

    Raises:
        NotHolder: the caller does not hold it.
        NoSuchFlow: there is no such flow.
        FlowActive: the taxpayer is in the middle of one.
    """
    current, entry = _in_hand(tx, consultation_id, who)
    outcome = flows.start(tx, current, flow_id, by=who.id, by_name=who.name)
    record(tx, who.id, "escalation:flow:send", entry.consultation_id, flow_id=flow_id)
    seq = [append_message(tx, current.id, draft) for draft in outcome.drafts][-1]
    return FlowSent(run_id=outcome.run.id, seq=seq)


def reveal(
    tx: Tx, vault: Vault, consultation_id: str, who: Staff, *, reference: str, reason: str
) -> str:
    """Return a protected value of a chat in hand; who read it and why is audited.

    Raises:
        NotHolder: the caller does not hold it.
        BadInput: the reason has nothing readable.
        NoSuchProtectedValue: nothing in this conversation has this reference.
        ProtectedValueGone: its time was over, or it was erased.
    """
    told = mask(clean(reason)).text
    if not told:
        raise BadInput("say why the value is needed; the reason is kept in the audit trail")
    current, _ = _in_hand(tx, consultation_id, who)
    return protected.reveal(
        tx,
        vault,
        reference,
        actor=who.id,
        conversation_id=current.id,
        consultation=consultation_id,
        reason=told,
    )


def transfer(
    tx: Tx,
    consultation_id: str,
    who: Staff,
    *,
    queue: str | None = None,
    tier: Tier | None = None,
    reason: str,
    summary: str,
) -> Entry:
    """Pass a consultation on to another queue, with a reason and what is known so far.

    Args:
        queue: id of the queue; or
        tier: the other tier's general queue.

    Raises:
        NotHolder: the caller does not hold it.
        NoSuchQueue: there is no such queue.
        BadInput: it is in that queue already.
    """
    current, entry = _in_hand(tx, consultation_id, who)
    where = access_queue(tx, queue or tier or "")  # a general queue bears its tier's name
    if where.id == entry.queue_id:
        raise BadInput("it came from this queue; release it to give it back")
    told = Transfer(
        at=tx.now,
        from_queue=entry.queue_id,
        to_queue=where.id,
        from_tier=entry.tier,
        to_tier=where.tier,
        by=HolderOut(id=who.id, name=who.name),
        reason=mask(clean(reason)).text,
        summary=mask(clean(summary)).text,
    )
    owner = service.QUEUE_OWNER[where.tier]
    change_owner(tx, current, owner, actor=who.id, reason="transfer")
    repository.update_entry(
        tx,
        entry.id,
        state="waiting",
        reason="transfer",
        summary=told.summary,
        transfers=[*entry.transfers, told.model_dump(mode="json")],
        **service.joining(tx, where, 0),
    )
    key = f"escalation.transferred.{where.tier}"
    words = service.pass_on_words(tx, key, where, current.locale)
    service.tell(tx, current.id, words, event="transferred")
    return access_entry(tx, entry.id)


def release(tx: Tx, consultation_id: str, who: Staff) -> Entry:
    """Give a consultation back to its queue, first in line.

    Raises:
        NotHolder: the caller does not hold it.
    """
    current, entry = _in_hand(tx, consultation_id, who)
    return give_back(tx, current, entry, actor=who.id, reason="released")


def give_back(tx: Tx, current: State, entry: Entry, *, actor: str, reason: str) -> Entry:
    """Let a held consultation wait again, before all others, and tell the taxpayer."""
    owner = service.QUEUE_OWNER[entry.tier]
    change_owner(tx, current, owner, actor=actor, reason=reason)
    where = access_queue(tx, entry.queue_id)
    repository.update_entry(
        tx, entry.id, state="waiting", **service.joining(tx, where, FIRST) | {"place": 1}
    )
    words = service.pass_on_words(tx, "escalation.returned", where, current.locale)
    service.tell(tx, current.id, words, event="returned")
    return access_entry(tx, entry.id)


def close(
    tx: Tx,
    consultation_id: str,
    who: Staff,
    *,
    result: Result,
    matter: str | None = None,
    summary: str | None = None,
) -> Entry:
    """End a consultation in hand; the taxpayer is asked for a rating.

    Raises:
        NotHolder: the caller does not hold it.
    """
    current, entry = _in_hand(tx, consultation_id, who)
    service.close(
        tx,
        current,
        actor=who.id,
        result=result,
        matter=matter and mask(clean(matter)).text,
        summary=summary and mask(clean(summary)).text,
    )
    return access_entry(tx, entry.id)
