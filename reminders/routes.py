"""The machine API of campaigns."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request

from core.database import Database
from reminders import service
from reminders.schemas import Campaign, CampaignBody, CampaignSpec, ImportReport

Key = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", examples=["filing-2026-12"])]


def campaign_router(actor: Any) -> APIRouter:
    """Return the routes under `/campaigns`.

    Args:
        actor: a `Depends` that admits the caller and gives who it is, for the audit trail.
    """
    router = APIRouter(prefix="/campaigns", tags=["campaigns"])

    @router.put("/{key}")
    async def put(request: Request, key: Key, body: CampaignBody, who: str = actor) -> Campaign:
        """Keep a campaign as a draft; once started it stays as it is."""
        spec = CampaignSpec(key=key, **body.model_dump())
        return await _database(request).write(lambda tx: service.put_campaign(tx, spec, actor=who))

    @router.post("/{key}/list")
    async def put_list(
        request: Request,
        key: Key,
        data: Annotated[bytes, Body(media_type="text/csv")],
        who: str = actor,
    ) -> ImportReport:
        """Limit the campaign to a list of taxpayers: the good rows are taken, the bad ones told."""
        del who
        return await service.import_list(_database(request), key, data)

    @router.post("/{key}/start")
    async def start(request: Request, key: Key, who: str = actor) -> Campaign:
        """Let it run; starting a running one changes nothing."""
        return await _database(request).write(lambda tx: service.start(tx, key, actor=who))

    @router.post("/{key}/stop")
    async def stop(request: Request, key: Key, who: str = actor) -> Campaign:
        """Hold it: no further recipient, no further card."""
        return await _database(request).write(lambda tx: service.stop(tx, key, actor=who))

    @router.get("/{key}")
    async def get(request: Request, key: Key, who: str = actor) -> Campaign:
        """Tell its state and its funnel."""
        del who
        return await _database(request).read(lambda tx: service.access_campaign(tx, key))

    return router


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
