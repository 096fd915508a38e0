"""Accounts and their sessions. Passwords are hashed outside of a unit of work: it takes long."""

from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from core.audit import record
from core.database import Tx
from core.errors import BadInput, NotSignedIn
from core.identity import new_id, new_token, token_hash
from escalation import presence
from escalation.errors import BadCredentials, NoSuchStaff, UsernameTaken
from escalation.staff import repository
from escalation.staff.schemas import NewStaff, Staff

LIFETIME = timedelta(hours=12)
"""A desk's session lasts a working day."""
SHORTEST_PASSWORD = 8

_hasher = PasswordHash((Argon2Hasher(),))


class Account(NamedTuple):
    """An account and the hash to prove its password by."""

    staff: Staff
    password_hash: str


class DeskSession(NamedTuple):
    """Who a token opens the desk for.

    Attributes:
        seen_at: last sign of that desk, None before the first.
    """

    staff: Staff
    expires_at: datetime
    seen_at: datetime | None


def hash_password(password: str) -> str:
    """Return the argon2id hash (about 50 ms of one core; not for a unit of work).

    Raises:
        BadInput: shorter than eight characters.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"a password needs at least {SHORTEST_PASSWORD} characters")
    return _hasher.hash(password)


def prove(account: Account | None, password: str) -> Staff:
    """Return whose password this is; takes the same time whether the account exists or not.

    Raises:
        BadCredentials: wrong password, or no such (active) account.
    """
    nobodys = _nobodys_hash()
    right = _hasher.verify(password, account.password_hash if account else nobodys)
    if not right or account is None or not account.staff.active:
        raise BadCredentials("the username or the password is wrong")
    return account.staff


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(new_token())


def find_account(tx: Tx, username: str) -> Account | None:
    """Load an account to prove, or None."""
    row = repository.staff_by_username(tx, username.strip().lower())
    return row and Account(Staff.model_validate(row), row.password_hash)


def add_staff(tx: Tx, new: NewStaff, password_hash: str) -> Staff:
    """Make an account.

    Raises:
        UsernameTaken: there is one with this username.
    """
    values = new.model_dump(mode="json") | {"id": new_id("st"), "password_hash": password_hash}
    if not repository.insert_staff(tx, values):
        raise UsernameTaken(f"the username {new.username} is taken; choose another")
    record(tx, "system", "escalation:staff:add", values["id"], roles=values["roles"])
    return access_staff(tx, new.username)


def put_staff(tx: Tx, new: NewStaff, password_hash: str) -> Staff:
    """Make an account, or bring the one with this username up to date, its password included."""
    if repository.staff_by_username(tx, new.username) is None:
        return add_staff(tx, new, password_hash)
    values = new.model_dump(mode="json", exclude={"username"})
    repository.update_staff(tx, new.username, password_hash=password_hash, active=True, **values)
    return access_staff(tx, new.username)


def list_staff(tx: Tx) -> list[Staff]:
    """Return all accounts by username."""
    return [Staff.model_validate(row) for row in repository.all_staff(tx)]


def reset_password(tx: Tx, username: str, password_hash: str) -> None:
    """Give an account another password and end its sessions.

    Raises:
        NoSuchStaff: there is no such account.
    """
    who = access_staff(tx, username)
    repository.update_staff(tx, username, password_hash=password_hash)
    repository.delete_sessions(tx, staff_id=who.id)
    record(tx, "system", "escalation:staff:reset_password", who.id)


def access_staff(tx: Tx, username: str) -> Staff:
    """Load an account.

    Raises:
        NoSuchStaff: there is none with this username.
    """
    row = repository.staff_by_username(tx, username)
    if row is None:
        raise NoSuchStaff(f"no account {username}; `daoban staff list` shows them all")
    return Staff.model_validate(row)


def open_session(tx: Tx, who: Staff) -> tuple[str, datetime]:
    """Open a session of the desk; return its token and its end."""
    token, expires_at = new_token(), tx.now + LIFETIME
    repository.insert_session(tx, token_hash(token), who.id, expires_at)
    record(tx, who.id, "escalation:staff:sign_in", who.id)
    return token, expires_at


def access_session(tx: Tx, token: str) -> DeskSession:
    """Load whom a token opens the desk for.

    Raises:
        NotSignedIn: unknown, expired, or the account is no longer active.
    """
    row = repository.session_by_token(tx, token_hash(token))
    if row is None or row.expires_at <= tx.now or not row.active:
        raise NotSignedIn("you are not signed in, or no longer; sign in again")
    return DeskSession(Staff.model_validate(row), row.expires_at, row.seen_at)


def sign_out(tx: Tx, token: str) -> None:
    """End a session; whose it was no longer takes chats."""
    staff_id = repository.delete_sessions(tx, token_hash=token_hash(token))
    if staff_id is not None:
        presence.leave(tx, staff_id)
