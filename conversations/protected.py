"""Protected values: what a flow or a call-back needs in full, kept apart from the transcript.

Each is sealed under its own reference, has a time to live, and is found again by a keyed hash. The
transcript and the state of a flow hold the reference only.
"""

import unicodedata
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from conversations.models import protected_value
from core.audit import record
from core.database import Tx
from core.errors import DaobanError, NotFound
from core.identity import new_id
from core.vault import Vault

LONGEST = timedelta(days=30)
"""No value lives longer, whatever is asked for."""


class NoSuchProtectedValue(NotFound):
    """No protected value has this reference."""

    code = "no_such_protected_value"


class ProtectedValueGone(DaobanError):
    """It was emptied: its time was over, it was no longer needed, or it was erased."""

    status = 410
    code = "protected_value_gone"


def keep(
    tx: Tx,
    vault: Vault,
    *,
    conversation_id: str,
    subject: str,
    field: str,
    kind: str,
    value: str,
    ttl: timedelta,
) -> str:
    """Seal a value; return its reference (`pv_...`), which is safe to store and to log.

    Args:
        subject: what it belongs to, e.g. the id of a flow's run.
        field: the field's key there.
        kind: what it is, e.g. `identity_number`; values of different kinds never match.
        ttl: its time to live, cut to `LONGEST`.
    """
    reference = new_id("pv")
    tx.execute(
        sa.insert(protected_value).values(
            id=reference,
            conversation_id=conversation_id,
            subject=subject,
            field=field,
            kind=kind,
            sealed=vault.seal(value, _context(reference)),
            digest=vault.digest(_compared(kind, value)),
            created_at=tx.now,
            expires_at=tx.now + min(ttl, LONGEST),
        )
    )
    return reference


def reveal(
    tx: Tx,
    vault: Vault,
    reference: str,
    *,
    actor: str,
    conversation_id: str | None = None,
    **why: str,
) -> str:
    """Return the value; that it was read, by whom, goes into the audit trail.

    Args:
        actor: staff id, person id, `bot` or `system`.
        conversation_id: where it must belong to; None: anywhere.
        why: what else the audit trail shall say, e.g. a reason.

    Raises:
        NoSuchProtectedValue: nothing has this reference, or it belongs elsewhere.
        ProtectedValueGone: it was emptied, or its time is over.
        Unreadable: it was sealed under a secret that is not set here, or it was damaged.
    """
    row = tx.execute(sa.select(protected_value).where(protected_value.c.id == reference)).first()
    if row is None or conversation_id not in {None, row.conversation_id}:
        raise NoSuchProtectedValue(f"no protected value {reference}")
    if row.sealed is None or row.expires_at <= tx.now:
        raise ProtectedValueGone("this value is no longer kept: ask for it again")
    value = vault.open(row.sealed, _context(reference))
    record(
        tx,
        actor,
        "conversations:protected_value:reveal",
        row.conversation_id,
        reference=reference,
        field=row.field,
        kind=row.kind,
        **why,
    )
    return value


def matching(tx: Tx, vault: Vault, *, kind: str, value: str) -> list[str]:
    """Return the references of live values that equal this one, the oldest first."""
    digests = vault.digests(_compared(kind, value))
    rows = tx.execute(
        sa.select(protected_value.c.id)
        .where(protected_value.c.digest.in_(digests), protected_value.c.expires_at > tx.now)
        .order_by(protected_value.c.id)
    )
    return [row.id for row in rows]


def forget(
    tx: Tx,
    *,
    reference: str | None = None,
    subject: str | None = None,
    conversation_id: str | None = None,
) -> int:
    """Empty the values that all given conditions name; return how many were emptied.

    Raises:
        ValueError: no condition was given.
    """
    given = {"id": reference, "subject": subject, "conversation_id": conversation_id}
    conditions = [
        protected_value.c[name] == value for name, value in given.items() if value is not None
    ]
    if not conditions:
        raise ValueError("say which values to forget: a reference, a subject or a conversation")
    return _empty(tx, *conditions)


def sweep_expired(tx: Tx, limit: int = 500) -> int:
    """Empty the values whose time is over; return how many were emptied."""
    expired = (
        sa.select(protected_value.c.id)
        .where(protected_value.c.erased_at.is_(None), protected_value.c.expires_at <= tx.now)
        .limit(limit)
    )
    return _empty(tx, protected_value.c.id.in_(expired))


def move(tx: Tx, conversation_id: str, to: str) -> None:
    """Give the values of a conversation to the one that it joined."""
    tx.execute(
        sa.update(protected_value)
        .where(protected_value.c.conversation_id == conversation_id)
        .values(conversation_id=to)
    )


def _empty(tx: Tx, *conditions: Any) -> int:
    result = tx.execute(
        sa.update(protected_value)
        .where(protected_value.c.erased_at.is_(None), *conditions)
        .values(sealed=None, digest=None, erased_at=tx.now)
    )
    return result.rowcount


def _context(reference: str) -> str:
    return f"protected_value:{reference}"


def _compared(kind: str, value: str) -> str:
    """Return what is hashed: written with blanks or in full width, it is the same number."""
    plain = unicodedata.normalize("NFKC", value).upper()
    return f"{kind}:{''.join(c for c in plain if c.isalnum())}"
