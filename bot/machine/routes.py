"""The token endpoint (RFC 6749, section 4.4) and the dependency that asks for its tokens."""

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel

from bot.machine import clients
from core.database import Database
from core.errors import BadInput, NotSignedIn
from core.limits import RateLimit
from core.settings import Settings

router = APIRouter(prefix="/oauth", tags=["machine"])

_tries = RateLimit(30)


class Token(BaseModel):
    """A machine token; `expires_in` in seconds."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - a word of the protocol
    expires_in: int
    scope: str


@router.post(
    "/token",
    responses={
        401: {"description": "invalid_client"},
        429: {"description": "too_many_requests"},
    },
)
async def token(
    request: Request,
    grant_type: Annotated[str, Form()],
    client_id: Annotated[str | None, Form()] = None,
    client_secret: Annotated[str | None, Form()] = None,
) -> Token:
    """Give a client its token, for id and secret in the form or as HTTP Basic."""
    if grant_type != "client_credentials":
        raise BadInput("unsupported_grant_type: only client_credentials is known here")
    if client_id is None or client_secret is None:
        client_id, client_secret = _basic(request)
    _tries.hit(client_id)
    database: Database = request.app.state.database
    settings: Settings = request.app.state.settings
    name, secret = client_id, client_secret
    machine = await database.read(lambda tx: clients.prove(tx, name, secret))
    issued = clients.issue(machine, settings.secret(), database.clock.now())
    return Token(
        access_token=issued,
        expires_in=int(clients.LIFETIME.total_seconds()),
        scope=" ".join(sorted(machine.scopes)),
    )


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise clients.InvalidClient("send client_id and client_secret")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (ValueError, binascii.Error) as error:
        raise clients.InvalidClient("client_id and client_secret cannot be read") from error
    return name, secret


def access_machine(request: Request, scope: clients.Scope) -> clients.Machine:
    """Return the machine whose token came with the request.

    Raises:
        NotSignedIn: there is none, or it is not valid.
        NotAllowed: it lacks the scope.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given:
        raise NotSignedIn("this needs a machine token: POST /api/v1/oauth/token")
    settings: Settings = request.app.state.settings
    database: Database = request.app.state.database
    return clients.read(given.strip(), settings.secret(), database.clock.now(), scope)
