"""HTTP of files: taken in from a taxpayer's device, given back to it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from bot.chat.access import ChatOf, SessionOf
from bot.chat.service import Chat
from conversations.files import service
from conversations.files.content import SIZE_LIMIT, admit
from conversations.files.errors import FileTooLarge
from conversations.files.schemas import FileOut
from conversations.files.serving import DESCRIBED, as_response
from conversations.sessions import Session
from core.database import Tx
from core.errors import BadInput

router = APIRouter(prefix="/chat/sessions", tags=["chat"])

BODY_LIMIT = SIZE_LIMIT + 64 * 1024
"""Bytes of a request: a file and what the form adds to it."""
UPLOAD_SECONDS = 120
"""A device that is slower than that sends again, on a better connection."""

_FORM = {
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


@router.post(
    "/{session_id}/files",
    status_code=201,
    openapi_extra=_FORM,
    responses={
        413: {"description": "file_too_large"},
        415: {"description": "file_type_refused"},
        422: {"description": "file_unreadable"},
        429: {"description": "too_many_requests, too_many_files"},
    },
)
async def take_file(chat: ChatOf, session: SessionOf, request: Request) -> FileOut:
    """Take in a photo or document; send it with a message's `file_ids`.

    The field of the form is `file`. Pictures are drawn anew: at most 2560 pixels a side, without
    position, device or author. What no message carries within two hours is let go of.
    """
    chat.services.message_limit.hit(session.id)
    name, data = await _uploaded(request)
    return await _take(chat, session, name, data)


async def _take(chat: Chat, session: Session, name: str, data: bytes) -> FileOut:
    services = chat.services
    async with services.drawing:  # a large photo takes 200 MB for a moment
        content = await asyncio.to_thread(admit, data)
    file_id = service.new_file_id()
    await asyncio.to_thread(services.files.put, file_id, content.data)
    kept_for = timedelta(days=services.settings.files_days)

    def unit(tx: Tx) -> FileOut:
        return service.take_in(
            tx, session.conversation_id, file_id, name=name, content=content, kept_for=kept_for
        )

    return await services.database.write(unit)


async def _uploaded(request: Request) -> tuple[str, bytes]:
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


@router.get(
    "/{session_id}/files/{file_id}",
    response_class=Response,
    responses={
        200: DESCRIBED,
        404: {"description": "no_such_file"},
    },
)
async def give_file(
    chat: ChatOf, session: SessionOf, file_id: Annotated[str, Path(max_length=64)]
) -> Response:
    """Return a file of one's own conversation."""
    database, store = chat.services.database, chat.services.files
    found = await database.read(
        lambda tx: service.access_file(tx, session.conversation_id, file_id)
    )
    return as_response(found, await asyncio.to_thread(store.get, file_id))
