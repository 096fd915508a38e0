"""The SQL of accounts and their sessions."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.database import Tx
from escalation.models import presence, staff, staff_session


def insert_staff(tx: Tx, values: dict[str, Any]) -> bool:
    """Insert an account; False when the username is taken."""
    result = tx.execute(
        tx.insert(staff)
        .values(active=True, created_at=tx.now, **values)
        .on_conflict_do_nothing(index_elements=["username"])
    )
    return result.rowcount == 1


def update_staff(tx: Tx, username: str, **values: Any) -> bool:
    """Change columns of an account; False when there is none."""
    result = tx.execute(sa.update(staff).where(staff.c.username == username).values(**values))
    return result.rowcount == 1


def staff_by_username(tx: Tx, username: str) -> sa.Row[Any] | None:
    """Return an account, its password's hash included."""
    return tx.execute(sa.select(staff).where(staff.c.username == username)).first()


def all_staff(tx: Tx) -> list[sa.Row[Any]]:
    """Return all accounts by username."""
    return list(tx.execute(sa.select(staff).order_by(staff.c.username)))


def staff_names(tx: Tx, ids: set[str]) -> dict[str, str]:
    """Return the shown names of accounts by id."""
    if not ids:
        return {}
    rows = tx.execute(sa.select(staff.c.id, staff.c.name).where(staff.c.id.in_(ids)))
    return {row.id: row.name for row in rows}


def insert_session(tx: Tx, token_hash: str, staff_id: str, expires_at: datetime) -> None:
    """Insert a session; the account's expired ones go."""
    tx.execute(
        sa.delete(staff_session).where(
            staff_session.c.staff_id == staff_id, staff_session.c.expires_at <= tx.now
        )
    )
    tx.execute(
        sa.insert(staff_session).values(
            token_hash=token_hash, staff_id=staff_id, created_at=tx.now, expires_at=expires_at
        )
    )


_SESSION = (
    sa.select(staff, staff_session.c.expires_at, presence.c.seen_at)
    .join(staff_session, staff_session.c.staff_id == staff.c.id)
    .outerjoin(presence, presence.c.staff_id == staff.c.id)
    .where(staff_session.c.token_hash == sa.bindparam("token_hash"))
)


def session_by_token(tx: Tx, token_hash: str) -> sa.Row[Any] | None:
    """Return the account that a token's hash opens, with expiry and last sign of the desk."""
    return tx.execute(_SESSION, {"token_hash": token_hash}).first()


def delete_sessions(
    tx: Tx, *, token_hash: str | None = None, staff_id: str | None = None
) -> str | None:
    """End one session, or all of an account; return whose it was."""
    column, value = (
        (staff_session.c.token_hash, token_hash)
        if token_hash is not None
        else (staff_session.c.staff_id, staff_id)
    )
    rows = tx.execute(
        sa.delete(staff_session).where(column == value).returning(staff_session.c.staff_id)
    ).all()
    return rows[0].staff_id if rows else None
