"""HTTP of questions that were not answered well, and of corrections: `/api/v1/kb`."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request

from knowledge_base.editing import asked, correcting
from knowledge_base.editing.asked_schemas import AddAliasIn, DismissIn, GroupPage, MakeEntryIn
from knowledge_base.editing.correcting import (
    AnsweredQuery,
    Correction,
    CorrectionIn,
    CorrectionList,
    ReachedPage,
)
from knowledge_base.editing.grouping import Group
from knowledge_base.editing.routes import EntryId, changed, database_of, shown
from knowledge_base.editing.schemas import Caller, EntryOut
from knowledge_base.editing.trial_routes import knowledge_of

GroupId = Annotated[str, Path(max_length=64)]
CorrectionId = Annotated[str, Path(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=200)]


def asked_router(reader: Any, editor: Any) -> APIRouter:
    """Return the routes of questions that were not answered well.

    Args:
        reader: a `Depends` that admits who may look and gives a `Caller`.
        editor: one that admits who may write.
    """
    router = APIRouter(prefix="/kb/questions", tags=["knowledge"])

    @router.get("")
    async def list_groups(
        request: Request,
        state: Literal["open", "handled"] = "open",
        limit: Limit = 50,
        cursor: Annotated[int, Query(ge=0, le=10_000)] = 0,
        who: Caller = reader,
    ) -> GroupPage:
        """List groups of questions; the last ten minutes are not in it yet."""
        del who
        database, knowledge = database_of(request), knowledge_of(request)
        if state == "handled":
            return await database.read(lambda tx: asked.handled_page(tx, cursor, limit))
        found = await asked.open_groups(database, knowledge.encoder)
        page, today = found[cursor : cursor + limit], database.clock.today()
        items = await asyncio.to_thread(
            lambda: [asked.shown(group, knowledge, today) for group in page]
        )
        more = str(cursor + limit) if len(found) > cursor + limit else None
        return GroupPage(items=items, next_cursor=more)

    @router.post(
        "/{group_id}/draft",
        status_code=201,
        responses={
            404: {"description": "no_such_group"},
            409: {"description": "entry_exists"},
        },
    )
    async def make_entry(
        request: Request, group_id: GroupId, body: MakeEntryIn, who: Caller = editor
    ) -> EntryOut:
        """Begin an entry with the group's wordings."""
        group, encoder = await _open(request, group_id)
        await database_of(request).write(lambda tx: asked.make_entry(tx, group, body, encoder, who))
        return await shown(request, body.id, who)

    @router.post(
        "/{group_id}/alias",
        responses={
            404: {"description": "no_such_group, no_such_entry, no_such_version"},
            409: {"description": "entry_changed, wrong_state"},
        },
    )
    async def add_alias(
        request: Request, group_id: GroupId, body: AddAliasIn, who: Caller = editor
    ) -> EntryOut:
        """Add wordings to an entry, as a draft of it."""
        group, encoder = await _open(request, group_id)
        return await changed(
            request,
            body.entry_id,
            who,
            lambda tx: asked.add_alias(tx, group, body, encoder, who),
        )

    @router.post(
        "/{group_id}/dismiss", status_code=204, responses={404: {"description": "no_such_group"}}
    )
    async def dismiss(
        request: Request, group_id: GroupId, body: DismissIn, who: Caller = editor
    ) -> None:
        """Say that the group is nothing for us; it does not come back."""
        group, encoder = await _open(request, group_id)
        await database_of(request).write(
            lambda tx: asked.dismiss(tx, group, body.note, encoder, who)
        )

    return router


async def _open(request: Request, group_id: str) -> tuple[Group, str]:
    encoder = knowledge_of(request).encoder
    found = await asked.open_groups(database_of(request), encoder)
    return asked.find(found, group_id), encoder.fingerprint


def correction_router(reader: Any, reviewer: Any) -> APIRouter:
    """Return the routes of corrections.

    Args:
        reader: a `Depends` that admits who may look and gives a `Caller`.
        reviewer: one that admits who may decide.
    """
    router = APIRouter(prefix="/kb", tags=["knowledge"])

    @router.get("/entries/{entry_id}/answered")
    async def list_answered(
        request: Request,
        entry_id: EntryId,
        wanted: Annotated[AnsweredQuery, Query()],
        who: Caller = reader,
    ) -> ReachedPage:
        """Tell which conversations got an entry between two moments."""
        del who
        span = (wanted.given_from, wanted.given_to)
        return await database_of(request).read(
            lambda tx: correcting.answered(tx, entry_id, span, wanted.cursor, wanted.limit)
        )

    @router.post(
        "/corrections",
        status_code=201,
        responses={
            404: {"description": "no_such_entry"},
            422: {"description": "nobody_concerned, time_not_over"},
        },
    )
    async def decide(request: Request, body: CorrectionIn, who: Caller = reviewer) -> Correction:
        """Send a notice into the chats of those who got a wrong answer, once into each."""
        return await database_of(request).write(lambda tx: correcting.decide(tx, body, who))

    @router.get("/corrections")
    async def list_corrections(
        request: Request,
        entry_id: Annotated[str | None, Query(max_length=80)] = None,
        limit: Limit = 50,
        who: Caller = reader,
    ) -> CorrectionList:
        """List corrections, the latest first."""
        del who
        return await database_of(request).read(
            lambda tx: correcting.list_corrections(tx, entry_id, limit)
        )

    @router.get(
        "/corrections/{correction_id}", responses={404: {"description": "no_such_correction"}}
    )
    async def read_correction(
        request: Request, correction_id: CorrectionId, who: Caller = reader
    ) -> Correction:
        """Return a correction and how far it is."""
        del who
        return await database_of(request).read(
            lambda tx: correcting.access_correction(tx, correction_id)
        )

    return router
