"""Who calls the desk: the token of the header or of the desk's cookie, and the role it needs."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from core.database import Database
from core.errors import NotAllowed, NotSignedIn
from escalation import presence
from escalation.staff import service
from escalation.staff.schemas import Role, Staff

COOKIE = "daoban_desk"
_BEARER = HTTPBearer(
    scheme_name="staff",
    auto_error=False,
    description="token of POST /staff/sign-in; the desk's cookie will do too",
)
"""How `/openapi.json` describes the sign-in; the token itself is read by `token_of`."""
SIGN_OF_LIFE = timedelta(seconds=30)
"""The desk's last sign is noted at most so often."""


def database_of(connection: HTTPConnection) -> Database:
    """Return the database of the application that serves this."""
    database: Database = connection.app.state.database
    return database


def token_of(connection: HTTPConnection) -> str | None:
    """Return the bearer token, or else the cookie if it speaks for the desk's own page."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return connection.cookies.get(COOKIE) if _same_origin(connection) else None


def _same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that asks is ours: SameSite alone would let a neighbouring host in."""
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")


async def signed_in(database: Database, token: str) -> Staff:
    """Return whose token this is, and note that the desk is alive.

    Raises:
        NotSignedIn: unknown or expired.
    """
    session = await database.read(lambda tx: service.access_session(tx, token))
    now = database.clock.now()
    if session.seen_at is None or now - session.seen_at > SIGN_OF_LIFE:
        await database.write(lambda tx: presence.touch(tx, session.staff.id))
    return session.staff


def require_staff(*roles: Role) -> Callable[..., Awaitable[Staff]]:
    """Return the dependency that gives the signed-in staff, who has one of the roles.

    Without roles any account will do. It raises `NotSignedIn` and `NotAllowed`.

    Example: `Editor = Annotated[Staff, Depends(require_staff("editor"))]`.
    """

    async def check(
        request: Request,
        _described: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)] = None,
    ) -> Staff:
        token = token_of(request)
        if token is None:
            raise NotSignedIn("sign in first: POST /api/v1/staff/sign-in")
        who = await signed_in(database_of(request), token)
        if roles and not who.has_role(*roles):
            raise NotAllowed(f"this needs one of the roles {', '.join(roles)}")
        return who

    return check
