"""The real application on a real port, in a thread of the test process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from bot.app import create_app
from core.settings import Settings


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve these settings on loopback; give the address, stop at the end."""
    config = uvicorn.Config(
        create_app(settings),
        host="127.0.0.1",
        port=settings.port,
        log_level="warning",
        ws_per_message_deflate=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="daoban")
    thread.start()
    address = f"http://127.0.0.1:{settings.port}"
    try:
        with httpx.Client(trust_env=False) as client:
            _wait(client, address, thread)
        yield address
    finally:
        server.should_exit = True
        thread.join(30)


def _wait(client: httpx.Client, address: str, thread: threading.Thread) -> None:
    """Wait until it is ready; a server that ends at its start fails at once."""
    while thread.is_alive():
        try:
            if client.get(f"{address}/health/ready", timeout=5).is_success:
                return
        except httpx.TransportError:
            thread.join(0.1)
    raise AssertionError("the server ended while starting; its log says why")
