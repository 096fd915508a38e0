"""The machine API of campaigns."""

from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Body, Path, Request

from core.database import Database
from reminders import service
from reminders.schemas import Campaign, CampaignBody, CampaignSpec, ImportReport

Key = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", examples=["filing-2026-12"])]


class Caller(Protocol):
    """Who may run campaigns: a member of staff or a machine client; the audit trail names it."""

    id: str


def campaign_router(caller: Any) -> APIRouter:
    """Return the routes under `/campaigns`.

    Args:
        caller: a `Depends` that admits the caller and gives a `Caller`.
    """
    router = APIRouter(prefix="/campaigns", tags=["campaigns"])

    @router.put("/{key}", responses={409: {"description": "campaign_started"}})
    async def put(request: Request, key: Key, body: CampaignBody, who: Caller = caller) -> Campaign:
        """Keep a campaign as a draft; once started it stays as it is."""
        spec = CampaignSpec(key=key, **body.model_dump())
        return await _database(request).write(
            lambda tx: service.put_campaign(tx, spec, actor=who.id)
        )

    @router.post(
        "/{key}/list",
        responses={
            404: {"description": "no_such_campaign"},
            409: {"description": "campaign_started"},
        },
    )
    async def put_list(
        request: Request,
        key: Key,
        data: Annotated[bytes, Body(media_type="text/csv")],
        who: Caller = caller,
    ) -> ImportReport:
        """Limit the campaign to a list of taxpayers: the good rows are taken, the bad ones told."""
        del who
        return await service.import_list(_database(request), key, data)

    @router.post(
        "/{key}/start",
        responses={
            404: {"description": "no_such_campaign"},
            409: {"description": "deadline_passed"},
            422: {"description": "nobody_on_list"},
        },
    )
    async def start(request: Request, key: Key, who: Caller = caller) -> Campaign:
        """Let it run; starting a running one changes nothing."""
        return await _database(request).write(lambda tx: service.start(tx, key, actor=who.id))

    @router.post("/{key}/stop", responses={404: {"description": "no_such_campaign"}})
    async def stop(request: Request, key: Key, who: Caller = caller) -> Campaign:
        """Hold it: no further recipient, no further card."""
        return await _database(request).write(lambda tx: service.stop(tx, key, actor=who.id))

    @router.get("/{key}", responses={404: {"description": "no_such_campaign"}})
    async def get(request: Request, key: Key, who: Caller = caller) -> Campaign:
        """Tell its state and its funnel."""
        del who
        return await _database(request).read(lambda tx: service.access_campaign(tx, key))

    return router


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
