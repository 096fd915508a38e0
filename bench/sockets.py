"""Memory and processor time of idle sockets in one server process, beside a bare uvicorn.

    .venv/bin/python bench/sockets.py [--sockets 10000] [--seconds 30]

Starts `daoban serve` on SQLite without Rasa, opens a session and a signed-in socket for each
visitor, lets them rest for some heartbeats, and divides what the process grew by. The floor is an
application on the same uvicorn that accepts a socket and waits for a frame. Needs Linux and
`ulimit -n` above twice the number of sockets.
"""

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop
from harness import free_port, machine, prepare, processor_seconds, resident, serving
from wire import Device, Pool, Socket

AT_ONCE = 64
BARE = """
import asyncio, sys
import uvicorn

async def app(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    await receive()
    await send({"type": "websocket.send", "text": "{}"})
    while (await receive())["type"] != "websocket.disconnect":
        pass

uvicorn.run(app, port=int(sys.argv[1]), lifespan="off", ws="websockets-sansio", http="httptools",
            ws_ping_interval=None, ws_per_message_deflate=False, log_level="error")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=30, help="of rest")
    given = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(machine())
    print("\n| | KB a socket | ms of processor a second, all sockets | lost |\n|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory(prefix="daoban-bench-") as folder:
        _, variables = prepare(Path(folder), dialogue=False)
        with serving(variables) as server:
            server.wait("search", "up")
            uvloop.run(
                measure("daoban serve", server.process.pid, server.port, given, signed_in=True)
            )
    port = free_port()
    bare = subprocess.Popen([sys.executable, "-c", BARE, str(port)])
    try:
        uvloop.run(measure("bare uvicorn", bare.pid, port, given, signed_in=False))
    finally:
        bare.terminate()
        bare.wait()


async def measure(
    name: str, pid: int, port: int, given: argparse.Namespace, *, signed_in: bool
) -> None:
    await listening(port)
    if signed_in:
        pool = await Pool.open(port, AT_ONCE)
        devices = await pool.devices(given.sockets)
        pool.close()
    else:
        blank = {"session_id": "none", "session_token": "none"}
        devices = [Device(blank) for _ in range(given.sockets)]
    await asyncio.sleep(2)
    before = resident(pid)[1]
    sockets = [Socket(device) for device in devices]
    for start in range(0, len(sockets), AT_ONCE):
        part = sockets[start : start + AT_ONCE]
        await asyncio.gather(*(opened(port, each) for each in part))
    await asyncio.sleep(3)
    grown = resident(pid)[1] - before
    begun = processor_seconds(pid)
    await asyncio.sleep(given.seconds)
    spent = (processor_seconds(pid) - begun) / given.seconds
    lost = sum(each.lost.done() for each in sockets)
    for each in sockets:
        each.close()
    print(f"| {name} | {1000 * grown / given.sockets:.1f} | {1000 * spent:.0f} | {lost} |")


async def listening(port: int) -> None:
    begun = time.monotonic()
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() - begun > 10:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


async def opened(port: int, socket: Socket) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: socket, "127.0.0.1", port)
    await asyncio.wait_for(socket.signed_in, 30)


if __name__ == "__main__":
    main()
