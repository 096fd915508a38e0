"""Identifiers and opaque tokens."""

import hashlib
import re
import secrets
import time

OWN_ID = re.compile(r"[a-z]{1,4}_[0-9a-f]{28}")
"""What `new_id` makes."""
_latest = 0


def new_id(prefix: str) -> str:
    """Return an identifier that sorts by its time of making: `cv_018f...`.

    In one process none sorts before an earlier one, even when the clock is set back.
    """
    global _latest  # noqa: PLW0603 - two threads at once may give the same millisecond, no less
    _latest = max(_latest, time.time_ns() // 1_000_000)
    return f"{prefix}_{_latest:012x}{secrets.token_hex(8)}"


def new_token() -> str:
    """Return a bearer token of 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a token, so that a copy of the database opens nothing."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
