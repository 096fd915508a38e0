"""HTTP of the taxpayer's chat."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from bot.chat.access import ChatOf, SessionOf
from bot.chat.schemas import (
    ChangeLocale,
    Identified,
    Identify,
    OpenSession,
    Read,
    SessionOpened,
    Updates,
)
from conversations.schemas import LARGEST_SEQ, History
from core.texts import negotiated, text

router = APIRouter(prefix="/chat/sessions", tags=["chat"])

LONGEST_WAIT = 25
SEARCH_LIMIT = 100


@router.post("", status_code=201, responses={401: {"description": "not_signed_in"}})
async def open_session(
    chat: ChatOf,
    asked: OpenSession,
    accept_language: Annotated[str | None, Header()] = None,
) -> SessionOpened:
    """Open a session, anonymous or with the host bureau's token."""
    opened, words = await chat.open(asked, negotiated(accept_language))
    locale = opened.conversation.locale
    return SessionOpened(
        session_id=opened.session_id,
        session_token=opened.token,
        expires_at=opened.expires_at,
        conversation_id=opened.conversation.id,
        greeting=words,
        bureau=chat.services.settings.bureau or text("chat.bureau", locale),
        locale=locale,
    )


@router.post(
    "/{session_id}/identify",
    responses={409: {"description": "conversation_in_hand"}},
)
async def identify(chat: ChatOf, session: SessionOf, asked: Identify) -> Identified:
    """Sign in: the anonymous conversation joins the person's."""
    state = await chat.identify(session, asked.token)
    return Identified(conversation_id=state.id, last_seq=state.last_seq)


@router.put("/{session_id}/locale", status_code=204)
async def change_locale(chat: ChatOf, session: SessionOf, asked: ChangeLocale) -> Response:
    """Change the language; from now on everything is said in it."""
    await chat.change_locale(session, asked.locale)
    return Response(status_code=204)


@router.get("/{session_id}/messages")
async def updates(
    chat: ChatOf,
    session: SessionOf,
    after: Annotated[int, Query(ge=0, le=LARGEST_SEQ)] = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> Updates:
    """Return what is new after a seq; with `wait`, as soon as there is something."""
    channel = f"conversation:{session.conversation_id}"
    async with chat.services.database.hub.subscribe(channel) as wakes:
        found = await chat.updates(session.conversation_id, after)
        if wait and found.last_seq <= after:
            await wakes.wait(wait)
            found = await chat.updates(session.conversation_id, after)
    return found


@router.get("/{session_id}/history")
async def history(
    chat: ChatOf,
    session: SessionOf,
    q: Annotated[str, Query(max_length=SEARCH_LIMIT, description="words to find")] = "",
    before: Annotated[int | None, Query(ge=1, le=LARGEST_SEQ, description="a seq")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> History:
    """Return the whole conversation backwards, page by page; with `q` only what holds it."""
    return await chat.history(session, q, before, limit)


@router.post("/{session_id}/read", status_code=204)
async def read(chat: ChatOf, session: SessionOf, asked: Read) -> Response:
    """Tell how far the taxpayer has read."""
    await chat.read(session, asked.seq)
    return Response(status_code=204)
