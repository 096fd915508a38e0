"""The guided flows that a taxpayer can start."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import HTTPAuthorizationCredentials

from bot.chat.access import ChatOf, bearer
from core.texts import DEFAULT, Locale
from flows.schemas import FlowOut

router = APIRouter(prefix="/chat", tags=["chat"])


@router.get("/flows")
async def list_flows(
    chat: ChatOf,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    locale: Locale = DEFAULT,
) -> list[FlowOut]:
    """Return the flows there are; with a session's token those that suit the taxpayer."""
    return await chat.flows(credentials.credentials if credentials else None, locale)
