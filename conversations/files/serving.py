"""How a file leaves: as what it is, for this reader only, and never as a page."""

from typing import Any
from urllib.parse import quote

from fastapi import Response

from conversations.files.content import KEPT_TYPES
from conversations.files.schemas import FileOut

DESCRIBED: dict[str, Any] = {
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KEPT_TYPES}
}
"""The answer in `/openapi.json`."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


def as_response(file: FileOut, data: bytes) -> Response:
    """Return the answer that carries a file; only pictures, drawn by us, are shown in place."""
    place = "inline" if file.width else "attachment"
    name = f"{place}; filename*=UTF-8''{quote(file.name)}"
    return Response(data, media_type=file.type, headers=_HEADERS | {"Content-Disposition": name})
