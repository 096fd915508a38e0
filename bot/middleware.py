"""What happens around each request: a trace id, a measurement, headers that protect the page."""

import re
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.identifiers import find_protected
from core.identity import new_id
from core.telemetry import REQUESTS, trace_id

_TRACE = re.compile(r"^[\w.:-]{8,64}$")

PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors {framed_by}"
)
"""antd writes styles at run time; scripts come from our own files only."""

CHAT_PAGE = "/chat/"


def _headers(framed_by: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"content-security-policy", PAGE_POLICY.format(framed_by=framed_by).encode()),
    ]


class Around:
    """ASGI middleware; sockets get their trace id too.

    Args:
        app: what is behind it.
        framed_by: the CSP source list of pages that may frame the chat's page; no other is framed.
    """

    def __init__(self, app: ASGIApp, framed_by: str) -> None:
        self._app = app
        self._headers = _headers("'none'")
        self._chat_headers = _headers(framed_by)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        usable = _TRACE.match(given) and not find_protected(given)
        trace_id.set(given if usable else new_id("tr"))
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        headers = self._chat_headers if scope["path"].startswith(CHAT_PAGE) else self._headers

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given_id = (b"x-request-id", (trace_id.get() or "").encode())
                present = {name for name, _ in message["headers"]}
                added = [pair for pair in headers if pair[0] not in present]
                message["headers"] = [*message["headers"], given_id, *added]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            REQUESTS.labels(scope["method"], route, status).observe(time.perf_counter() - started)
