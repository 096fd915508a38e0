"""Is it alive, can it serve, how is it doing."""

from typing import Literal

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from bot.machine.routes import access_machine
from core.callers import from_here
from core.database import Database, DatabaseUnavailable
from core.errors import DaobanError
from knowledge_base.answering import KnowledgeBase

router = APIRouter(tags=["health"])


class Part(BaseModel):
    """How one part of the process does."""

    state: Literal["up", "starting", "late", "off", "down"]
    detail: str | None = None


class Ready(BaseModel):
    """Whether chat can be served, and part by part why."""

    status: Literal["ready", "not_ready"]
    parts: dict[str, Part]


@router.get("/health/live")
async def live() -> dict[str, str]:
    """Answer while the process can."""
    return {"status": "alive"}


@router.get("/health/ready", responses={503: {"model": Ready}})
async def ready(request: Request, response: Response) -> Ready:
    """Answer 200 when the database is up; the chat works without the dialogue.

    A server without an index does not start: the search is up, or late with the last change.
    """
    app = request.app.state
    parts = {
        "database": await _database(app.database),
        "search": _search(app.services.knowledge),
        "dialogue": Part(state=await app.services.dialogue.state()),
        "worker": _worker(app.worker),
    }
    if app.database.hears is not None:
        parts["wake_ups"] = _wake_ups(hears=app.database.hears)
    serving = parts["database"].state == "up"
    if not serving:
        response.status_code = 503
    return Ready(status="ready" if serving else "not_ready", parts=parts)


@router.get("/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Return the metrics of this process in the Prometheus text format.

    To callers on this machine, and to machine clients with the scope `metrics`.
    """
    if not from_here(request):
        access_machine(request, "metrics")
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _database(database: Database) -> Part:
    try:
        await database.read(lambda tx: tx.execute(sa.select(sa.literal(1))).scalar_one())
    except DatabaseUnavailable as error:
        return Part(state="down", detail=error.detail)
    except DaobanError as error:
        return Part(state="down", detail=error.code)
    return Part(state="up")


def _search(knowledge: KnowledgeBase) -> Part:
    """Up without its cluster too: the embedded index answers then, and the detail says so."""
    detail = f"index {knowledge.version}"
    if knowledge.searched_by is not None:
        detail += f"; {knowledge.searched_by}"
    if knowledge.fault is not None:
        return Part(state="late", detail=f"{detail}; {knowledge.fault}")
    return Part(state="up", detail=detail)


def _wake_ups(*, hears: bool) -> Part:
    if hears:
        return Part(state="up")
    return Part(state="down", detail="what other processes do is seen within 2 seconds")


def _worker(worker: object) -> Part:
    if worker is None:
        return Part(state="off", detail="runs as a process of its own")
    late: list[str] = getattr(worker, "late", [])
    return Part(state="late" if late else "up", detail=", ".join(late) or None)
