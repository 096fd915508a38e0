"""Bounds on what a request may bring, kept before it is read into memory.

| what | bound | answer |
|---|---|---|
| head: request line and headers | `LONGEST_HEAD` | 431 `head_too_large` |
| body | `LONGEST_BODY`; routes that take files or lists have more | 413 `body_too_large` |
"""

import json
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.problems import MEDIA_TYPE
from core.errors import BadInput, DaobanError
from core.telemetry import REFUSED, trace_id

LONGEST_HEAD = 64 * 1024
"""Bytes; the longest host token (8 KB) and the cookies of a whole bureau fit."""
LONGEST_BODY = 256 * 1024
"""Bytes; a message has at most 2,000 characters."""
LONGER = {"/files": 32 * 1024 * 1024, "/list": 64 * 1024 * 1024}
"""Bytes for paths that end so: a photo, a list of 450,000 taxpayers. The routes look closer."""
COMMANDS = "/api/v1/commands/"
"""From this machine only, by who holds the token of `server.json`: without a bound."""


class BodyTooLarge(DaobanError):
    """The body is longer than anything that is taken here."""

    status = 413
    code = "body_too_large"


class HeadTooLarge(DaobanError):
    """Request line and headers are longer than anything that is taken here."""

    status = 431
    code = "head_too_large"


class Bounds:
    """ASGI middleware that ends a request whose body is too long, whatever its head says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as far as it keeps within its bound."""
        if scope["type"] != "http" or scope["path"].startswith(COMMANDS):
            await self._app(scope, receive, send)
            return
        longest = _longest(scope["path"])
        refusal = BodyTooLarge(f"the body has more than {longest} bytes: send less")
        told = dict(scope["headers"]).get(b"content-length", b"")
        if told.isdigit() and int(told) > longest:
            await _refuse(send, refusal)
            return
        received, answered, refused = 0, False, False

        async def receiving() -> Message:
            nonlocal received, refused
            message = await receive()
            received += len(message.get("body", b""))
            if received > longest:
                refused = True
                raise refusal
            return message

        async def sending(message: Message) -> None:
            nonlocal answered
            if refused and not answered:
                await _refuse(send, refusal)
            elif not refused:
                await send(message)
            answered = True

        await self._app(scope, receiving, sending)


def _longest(path: str) -> int:
    return next((most for end, most in LONGER.items() if path.endswith(end)), LONGEST_BODY)


def _document(error: DaobanError) -> bytes:
    REFUSED.labels(error.code).inc()
    document = error.problem() | {"trace_id": trace_id.get()}
    return json.dumps(document, ensure_ascii=False).encode()


async def _refuse(send: Send, error: DaobanError) -> None:
    body = _document(error)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),  # the rest of the body is not read
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol with a bound on the head of a request; its parser has none."""

    _in_head, _received, _head = True, 0, 0

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless a head has grown too long that is not complete."""
        super().data_received(data)
        self._received = self._received + len(data) if self._in_head else 0
        if self._received > LONGEST_HEAD and not self.transport.is_closing():
            self._head = self._received
            self.send_400_response("too long")

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._in_head, self._received, self._head = True, 0, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._head += len(name) + len(value) + 4
        if self._head > LONGEST_HEAD:
            raise ValueError("too long")  # the parser ends here and asks for a 400
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Serve the request."""
        self._in_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words for it
        """Refuse what is no request, and hang up."""
        if self.transport.is_closing():
            return
        error: DaobanError = BadInput("this is no HTTP request")
        if self._head > LONGEST_HEAD:
            error = HeadTooLarge(f"the headers have more than {LONGEST_HEAD} bytes")
        body = _document(error)
        status = HTTPStatus(HeadTooLarge.status if self._head > LONGEST_HEAD else 400)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
