"""Taking a file in from a request: the form read within bounds, the content drawn anew and kept."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from conversations.files.content import SIZE_LIMIT, Content, admit
from conversations.files.errors import FileTooLarge
from conversations.files.service import new_file_id
from conversations.files.store import FileStore
from core.errors import BadInput

BODY_LIMIT = SIZE_LIMIT + 64 * 1024
"""Bytes of a request: a file and what the form adds to it."""
UPLOAD_SECONDS = 120
"""A device that is slower than that sends again, on a better connection."""

FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
"""What OpenAPI says of the request."""


async def uploaded(request: Request) -> tuple[str, bytes]:
    """Return name and content of the form's one file.

    Raises:
        FileTooLarge: more than `BODY_LIMIT`; the rest is not read.
        BadInput: no form, or one without a file.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadInput("send a form (multipart/form-data) with the field file")
    parser = MultiPartParser(request.headers, _counted(request), max_files=1, max_fields=4)
    parser.spool_max_size = BODY_LIMIT  # never unsealed on the disk
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeError) as error:
        raise BadInput("the form is broken, or has more than one file") from error
    except TimeoutError as error:
        raise BadInput("the file came too slowly: send it again") from error
    try:
        sent = form.get("file")
        if not isinstance(sent, UploadFile):
            raise BadInput("the form has no file in the field file")
        return sent.filename or "", await sent.read()
    finally:
        await form.close()


async def _counted(request: Request) -> AsyncGenerator[bytes, None]:
    read = 0
    async for part in request.stream():
        read += len(part)
        if read > BODY_LIMIT:
            raise FileTooLarge(f"send at most {SIZE_LIMIT // 1024 // 1024} MB in one file")
        yield part


async def keep(store: FileStore, drawing: asyncio.Semaphore, data: bytes) -> tuple[str, Content]:
    """Put a content into the store, a picture drawn anew; return the file's id and the content.

    Args:
        drawing: how many are drawn at once: a large photo takes 200 MB for a moment.

    Raises:
        FileTypeRefused: what it is by its content is not taken.
        FileTooLarge: it is larger than is taken.
        FileUnreadable: it is broken, empty or locked.
    """
    async with drawing:
        content = await asyncio.to_thread(admit, data)
    file_id = new_file_id()
    await asyncio.to_thread(store.put, file_id, content.data)
    return file_id, content
