"""The host bureau's JWT: who is here, for whom, how surely known.

Claims: `sub` (person), `name`, `taxpayer` {id, name, uscc}, `role`, `assurance`, `profile`, `exp`.
HS256 with a shared secret, or RS256 with the keys of a JWKS address, never both.
"""

import time
from datetime import datetime
from typing import Any

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey
from pydantic import ValidationError

from core.errors import NotSignedIn, Unavailable
from taxpayers.schemas import Party, Person, Profile, Taxpayer

log = structlog.get_logger()

KEYS_KEPT_SECONDS = 600
LEEWAY_SECONDS = 60


class HostTokens:
    """Verifies the tokens that the host bureau signs.

    Args:
        secret: HS256 secret, or None.
        jwks_url: address of the RS256 keys, or None.
    """

    def __init__(self, secret: str | None, jwks_url: str | None = None) -> None:
        self._secret = OctKey.import_key(secret) if secret else None
        self._jwks_url = jwks_url
        self._keys: KeySet | None = None
        self._keys_until = 0.0

    async def verify(self, token: str, now: datetime) -> Party:
        """Return the party that a token names.

        Raises:
            NotSignedIn: the token is forged, expired, or lacks what it must name.
            Unavailable: the host's keys cannot be had right now.
        """
        try:
            key, algorithm = await self._key()
            decoded = jwt.decode(token, key, algorithms=[algorithm])
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY_SECONDS,
                sub={"essential": True},
                exp={"essential": True},
            ).validate(decoded.claims)
            return _party(decoded.claims)
        except (JoseError, ValueError) as error:
            log.info("host_token_refused", error=type(error).__name__)
            raise NotSignedIn(
                "this sign-in is not valid or has expired; open the chat from the bureau again"
            ) from error

    async def _key(self) -> tuple[Any, str]:
        if self._secret is not None:
            return self._secret, "HS256"
        if self._jwks_url is None:
            raise NotSignedIn(
                "signing in is not set up: set DAOBAN_HOST_JWT_SECRET or DAOBAN_HOST_JWKS_URL"
            )
        if self._keys is None or time.monotonic() > self._keys_until:
            self._keys = await self._fetch(self._jwks_url)
            self._keys_until = time.monotonic() + KEYS_KEPT_SECONDS
        return self._keys, "RS256"

    async def _fetch(self, url: str) -> KeySet:
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                answer = await client.get(url)
                answer.raise_for_status()
                return KeySet.import_key_set(answer.json())
        except (httpx.HTTPError, JoseError, ValueError) as error:
            if self._keys is not None:  # an outage there must not lock everybody out
                log.warning("host_keys_stale", error=type(error).__name__)
                return self._keys
            raise Unavailable(
                "sign-in is not possible right now; go on without, or try later"
            ) from error


def _party(claims: dict[str, Any]) -> Party:
    """Read the claims.

    Raises:
        NotSignedIn: a claim is missing or malformed.
    """
    try:
        person = Person(id=claims["sub"], name=claims.get("name") or claims["sub"])
        named = claims.get("taxpayer") or {"id": person.id, "name": person.name}
        taxpayer = Taxpayer(**named, profile=Profile.model_validate(claims.get("profile") or {}))
        return Party(
            person=person,
            taxpayer=taxpayer,
            role=claims.get("role", "self"),
            assurance=claims.get("assurance", "account"),
        )
    except (ValidationError, TypeError, AttributeError) as error:
        raise NotSignedIn(
            "the sign-in token lacks what it must name, or names somebody by an identity number; "
            "tell the bureau"
        ) from error


def sign(secret: str, claims: dict[str, Any]) -> str:
    """Sign a host token (HS256), for the demo and for tests of an integration."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))
