"""The chat in pages of other origins: who may call it, by HTTP and by socket.

The taxpayer's rights hang on a bearer token, never on a cookie, so what is kept out here is not an
attack on a signed-in browser but a page that pretends to be the bureau's.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.origins import ANY, Origins

SHARED = "/api/v1/chat/"
_PREFLIGHT_KEPT_SECONDS = 7200


class CrossOrigin:
    """ASGI middleware for everything below `SHARED`; the rest stays on its own origin.

    A page that is not listed gets its answer without the headers that let it read it. A browser's
    socket has no such second check: one from an unlisted page is refused before it opens. Programs
    send no Origin and pass.
    """

    def __init__(self, app: ASGIApp, allowed: Origins) -> None:
        self._app = app
        self._allowed = allowed
        self._shared = CORSMiddleware(
            app,
            allow_origins=(ANY,) if allowed.any else (),
            allow_origin_regex=None if allowed.any else allowed.pattern,
            allow_methods=("GET", "POST", "PUT"),
            allow_headers=("Authorization",),
            expose_headers=("Retry-After", "X-Request-Id"),
            max_age=_PREFLIGHT_KEPT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse the socket."""
        if scope["type"] not in {"http", "websocket"} or not scope["path"].startswith(SHARED):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            asks = any(name == b"origin" for name, _ in scope["headers"])
            await (self._shared if asks else self._app)(scope, receive, _varying(send))
        elif self._may_open(Headers(scope=scope)):
            await self._app(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before accept: 403

    def _may_open(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None or self._allowed.allows(origin):
            return True
        return urlsplit(origin).netloc == headers.get("host", "")


def _varying(send: Send) -> Send:
    """Tell caches on every answer that it depends on who asks."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = [value for name, value in message["headers"] if name == b"vary"]
            if not any(b"origin" in value.lower() for value in given):
                message["headers"] = [*message["headers"], (b"vary", b"Origin")]
        await send(message)

    return sending
