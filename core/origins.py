"""Which web pages may hold the chat: exact origins, or all subdomains of a domain."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

ANY = "*"
_DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\]")


def checked_origin(written: str) -> str:
    """Return an origin of the allow-list as browsers write it: lower case, no default port.

    Args:
        written: `https://bureau.example`, `https://*.bureau.example`, or `*` for every page.

    Raises:
        ValueError: saying what is wrong with it.
    """
    if written == ANY:
        return ANY
    parts = urlsplit(written)
    if parts.scheme.lower() not in _DEFAULT_PORTS:
        raise ValueError(f"{written!r} must begin with https:// or http://")
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(f"{written!r} must end after the host and port: no path, no slash")
    try:
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError as error:
        raise ValueError(f"{written!r} has no valid host and port: {error}") from error
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host):
        raise ValueError(
            f"{written!r} has no valid host; a wildcard stands first, as in https://*."
        )
    if host.startswith("*.") and host.count(".") < 2:
        raise ValueError(f"{written!r} is too wide: name a domain, as in https://*.bureau.example")
    plain = port is None or port == _DEFAULT_PORTS[parts.scheme.lower()]
    return f"{parts.scheme.lower()}://{host}" + ("" if plain else f":{port}")


class Origins:
    """An allow-list.

    Attributes:
        pattern: the whole list as one regular expression for a full match.
        frame_sources: the whole list as a source list of `frame-ancestors`.
    """

    def __init__(self, listed: Iterable[str]) -> None:
        """Take origins as `checked_origin` returns them."""
        ordered = sorted(listed)
        self.any = ANY in ordered
        self.pattern = ".*" if self.any else "|".join(map(_expression, ordered)) or r"(?!)"
        self.frame_sources = ANY if self.any else " ".join(["'self'", *ordered])
        self._match = re.compile(self.pattern)

    def allows(self, origin: str) -> bool:
        """Tell whether the page that sent this Origin header is on the list."""
        return self._match.fullmatch(origin) is not None


def _expression(origin: str) -> str:
    escaped = re.escape(origin)
    return escaped.replace(re.escape("*."), r"(?:[a-z0-9-]+\.)+", 1)
