"""HTTP of the desk's door: sign-in, who am I, sign-out."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict

from core.settings import Settings
from escalation import presence
from escalation.schemas import PresenceOut
from escalation.staff import service
from escalation.staff.access import COOKIE, database_of, require_staff, token_of
from escalation.staff.schemas import SignedIn, SignIn, Staff, StaffOut
from escalation.staff.throttle import Throttle

router = APIRouter(prefix="/staff", tags=["staff"])

SignedInStaff = Annotated[Staff, Depends(require_staff())]


class Me(StaffOut):
    """Who is signed in, and whether they take chats."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "st_0190",
                "username": "officer1",
                "name": "税务干部 1 号",
                "roles": ["officer"],
                "offices": [],
                "presence": {"state": "available", "capacity": 3},
            }
        }
    )

    presence: PresenceOut


def _throttle(request: Request) -> Throttle:
    """Return the one throttle of this application."""
    state = request.app.state
    if not hasattr(state, "sign_in_throttle"):
        settings: Settings = state.settings
        state.sign_in_throttle = Throttle(settings.sign_ins_per_minute)
    throttle: Throttle = state.sign_in_throttle
    return throttle


@router.post(
    "/sign-in",
    responses={
        401: {"description": "bad_credentials"},
        429: {"description": "too_many_requests"},
    },
)
async def sign_in(body: SignIn, request: Request, response: Response) -> SignedIn:
    """Sign in; the token also goes into the desk's cookie."""
    database = database_of(request)
    address = request.client.host if request.client else "unknown"
    async with _throttle(request).attempt(body.username, address):
        account = await database.read(lambda tx: service.find_account(tx, body.username))
        who = await asyncio.to_thread(service.prove, account, body.password)
    token, expires_at = await database.write(lambda tx: service.open_session(tx, who))
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(service.LIFETIME.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return SignedIn(token=token, expires_at=expires_at, staff=StaffOut.model_validate(who))


@router.get("/me")
async def me(request: Request, who: SignedInStaff) -> Me:
    """Return who is signed in."""
    found = await database_of(request).read(lambda tx: presence.get_presence(tx, who))
    return Me.model_validate(StaffOut.model_validate(who).model_dump() | {"presence": found})


@router.post("/sign-out", status_code=204)
async def sign_out(request: Request, response: Response) -> None:
    """End this session; one's chats go back to their queues if one stays away."""
    token = token_of(request)
    if token is not None:
        await database_of(request).write(lambda tx: service.sign_out(tx, token))
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
