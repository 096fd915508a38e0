"""A page of a bureau, on an origin of its own: `web/chat/bureau`, or what a test writes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.bureau import page_of, policy
from core.errors import NotFound


@dataclass
class Bureau:
    """What the site serves; a test adds pages and changes who is signed in.

    Attributes:
        chat: origin of the chat.
        port: where the site is.
        token: what its own server gives its page.
        pages: further pages by name, each with its policy, or None for the usual one.
    """

    chat: str
    port: int = 0
    token: str = ""
    pages: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    @property
    def listed(self) -> str:
        """The site under the name that the chat knows."""
        return f"http://localhost:{self.port}"

    @property
    def unlisted(self) -> str:
        """The site under a name that the chat does not know."""
        return f"http://127.0.0.1:{self.port}"


def _handler(bureau: Bureau) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.split("?")[0].removeprefix("/")
            if name in bureau.pages:
                words, written = bureau.pages[name]
                self._send(words.replace("%chat%", bureau.chat), "text/html", written)
                return
            try:
                page = page_of(name, bureau.chat)
            except NotFound:
                self.send_error(404)
                return
            self._send(bytes(page.body).decode(), page.media_type or "", None)

        def do_POST(self) -> None:
            self._send(json.dumps({"token": bureau.token}), "application/json", None)

        def _send(self, words: str, kind: str, written: str | None) -> None:
            body = words.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", written or policy(bureau.chat))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    return Handler


@contextmanager
def bureau_site(chat: str, port: int) -> Iterator[Bureau]:
    """Serve the site on loopback until the end."""
    bureau = Bureau(chat, port)
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(bureau))
    thread = threading.Thread(target=server.serve_forever, name="bureau", daemon=True)
    thread.start()
    yield bureau
    server.shutdown()
    server.server_close()
    thread.join(5)
