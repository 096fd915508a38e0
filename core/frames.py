"""Frames of a socket as they come in; what is none is an empty one."""

import json
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect


async def receive_frame(socket: WebSocket) -> dict[str, Any]:
    """Return the next frame, a JSON object in text; anything else is an empty one.

    Raises:
        WebSocketDisconnect: the other side went away.
    """
    event = await socket.receive()
    if event["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(event.get("code", 1005))
    try:
        found = json.loads(event.get("text") or "")
    except (ValueError, RecursionError):  # the latter for brackets in brackets, thousands deep
        return {}
    return found if isinstance(found, dict) else {}
