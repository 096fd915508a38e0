"""Machine clients and the tokens they get for their secret."""

import hmac
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, get_args

import sqlalchemy as sa
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from bot.machine.models import machine_client
from core.audit import record
from core.database import Tx
from core.errors import BadInput, NotAllowed, NotSignedIn
from core.identity import token_hash

Scope = Literal["ask", "entries", "metrics"]
SCOPES: frozenset[str] = frozenset(get_args(Scope))
LIFETIME = timedelta(hours=1)
AUDIENCE = "daoban-machine"


class InvalidClient(NotSignedIn):
    """No such client, or not its secret."""

    code = "invalid_client"


class Machine(NamedTuple):
    """A machine that calls.

    Attributes:
        id: of its client, for the audit trail.
        scopes: what it may do.
    """

    id: str
    scopes: frozenset[str]


def put_client(tx: Tx, client_id: str, secret: str, scopes: frozenset[str], *, actor: str) -> None:
    """Make a client, or give it another secret and other scopes.

    Raises:
        BadInput: a scope that there is not, or a secret that can be guessed.
    """
    if unknown := scopes - SCOPES:
        raise BadInput(f"no scope {min(unknown)}: there is {', '.join(sorted(SCOPES))}")
    if len(secret) < 32:
        raise BadInput("a client's secret needs at least 32 characters")
    values = {"secret_hash": token_hash(secret), "scopes": sorted(scopes)}
    tx.execute(
        tx.insert(machine_client)
        .values(id=client_id, created_at=tx.now, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )
    record(tx, actor, "bot:client:put", client_id, scopes=sorted(scopes))


def prove(tx: Tx, client_id: str, secret: str) -> Machine:
    """Return the machine whose secret this is.

    Raises:
        InvalidClient: it is nobody's.
    """
    row = tx.execute(sa.select(machine_client).where(machine_client.c.id == client_id)).first()
    known = row.secret_hash if row else token_hash("")
    if not hmac.compare_digest(known, token_hash(secret)) or row is None:
        raise InvalidClient("the client id or its secret is wrong")
    return Machine(row.id, frozenset(row.scopes))


def issue(machine: Machine, key: str, now: datetime) -> str:
    """Return a token that says who calls and what it may do, for an hour."""
    claims = {
        "aud": AUDIENCE,
        "sub": machine.id,
        "scope": " ".join(sorted(machine.scopes)),
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
    }
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key))


def read(token: str, key: str, now: datetime, scope: Scope) -> Machine:
    """Return the machine that a token names.

    Raises:
        NotSignedIn: the token is forged or has expired.
        NotAllowed: it lacks the scope.
    """
    try:
        claims = jwt.decode(token, OctKey.import_key(key), algorithms=["HS256"]).claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
        ).validate(claims)
    except (JoseError, ValueError) as error:
        raise NotSignedIn("the machine token is not valid or has expired; get a new one") from error
    machine = Machine(claims["sub"], frozenset(claims["scope"].split()))
    if scope not in machine.scopes:
        raise NotAllowed(f"this client lacks the scope {scope}")
    return machine
