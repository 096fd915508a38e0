"""Who calls: the chat of this process, and the session that a bearer token opens."""

from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.chat.service import Chat
from conversations.sessions import Session
from core.errors import NotSignedIn

bearer = HTTPBearer(auto_error=False, description="session_token of POST /chat/sessions")


async def get_chat(request: Request) -> Chat:
    """Return the chat of this process; asynchronous, so that no thread is asked for it."""
    chat = request.app.state.chat
    assert isinstance(chat, Chat)  # noqa: S101 - set by the application
    return chat


ChatOf = Annotated[Chat, Depends(get_chat)]


async def get_session(
    chat: ChatOf,
    session_id: Annotated[str, Path(max_length=64)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Session:
    """Return the session of the path if the token opens it.

    Raises:
        NotSignedIn: no token, or one that opens nothing.
        NotAllowed: the token of another session.
    """
    return await session_of(chat, session_id, credentials.credentials if credentials else "")


async def session_of(chat: Chat, session_id: str, token: str) -> Session:
    """Return a session if the token opens it; raise as `get_session` does."""
    if not token:
        raise NotSignedIn("send the session_token as Authorization: Bearer")
    return await chat.access(session_id, token)


SessionOf = Annotated[Session, Depends(get_session)]
