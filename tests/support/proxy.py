"""A wire that can be cut: a TCP proxy on loopback between the browser and the server."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Passes bytes on while it is whole."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._whole = True
        self.port = 0

    def cut(self) -> None:
        """Break all connections and refuse new ones."""
        asyncio.run_coroutine_threadsafe(self._set(whole=False), self._loop).result(5)

    def mend(self) -> None:
        """Let connections through again."""
        asyncio.run_coroutine_threadsafe(self._set(whole=True), self._loop).result(5)

    async def _set(self, *, whole: bool) -> None:
        self._whole = whole
        if not whole:
            for writer in tuple(self._writers):
                writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        onward_reader, onward = await asyncio.open_connection("127.0.0.1", self._to_port)
        self._writers |= {writer, onward}
        await asyncio.gather(self._pass(reader, onward), self._pass(onward_reader, writer))
        self._writers -= {writer, onward}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    def run(self, ready: threading.Event) -> None:
        """Serve until stopped; the body of the proxy's thread."""
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._connected, "127.0.0.1", 0)
        )
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.close()

    def stop(self) -> None:
        """Break what is left and end the thread."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextmanager
def wire(to_port: int) -> Iterator[Wire]:
    """Give a wire to a port on loopback."""
    made, ready = Wire(to_port), threading.Event()
    thread = threading.Thread(target=made.run, args=(ready,), name="wire", daemon=True)
    thread.start()
    assert ready.wait(5)
    yield made
    made.stop()
    thread.join(5)
