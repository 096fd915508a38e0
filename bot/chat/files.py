"""HTTP of files: taken in from a taxpayer's device, given back to it."""

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from bot.chat.access import ChatOf, SessionOf
from bot.chat.service import Chat
from conversations.files import service
from conversations.files.intake import FORM, keep, uploaded
from conversations.files.schemas import FileOut
from conversations.files.serving import DESCRIBED, as_response
from conversations.sessions import Session
from core.database import Tx

router = APIRouter(prefix="/chat/sessions", tags=["chat"])


@router.post(
    "/{session_id}/files",
    status_code=201,
    openapi_extra=FORM,
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
    name, data = await uploaded(request)
    return await _take(chat, session, name, data)


async def _take(chat: Chat, session: Session, name: str, data: bytes) -> FileOut:
    services = chat.services
    file_id, content = await keep(services.files, services.drawing, data)
    kept_for = timedelta(days=services.settings.files_days)

    def unit(tx: Tx) -> FileOut:
        return service.take_in(
            tx, session.conversation_id, file_id, name=name, content=content, kept_for=kept_for
        )

    return await services.database.write(unit)


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
