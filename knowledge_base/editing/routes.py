"""HTTP of the editors' desk: `/api/v1/kb`."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response

from core.database import Database, Tx
from core.errors import BadInput
from knowledge_base.editing import faults, reading, service
from knowledge_base.editing.schemas import (
    Caller,
    CheckIn,
    CheckOut,
    Difference,
    DiscardIn,
    DocumentList,
    EntryOut,
    EntryPage,
    ListQuery,
    NewEntryIn,
    RevertIn,
    SaveIn,
    Summary,
    Version,
    VersionOut,
    VersionPage,
)

EntryId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]

UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "no_such_entry"}}
CHANGED: dict[int | str, dict[str, Any]] = {
    404: {"description": "no_such_entry, no_such_version"},
    409: {"description": "entry_changed, wrong_state"},
}


def database_of(request: Request) -> Database:
    """Return the database of the application that serves this."""
    database: Database = request.app.state.database
    return database


async def shown(request: Request, entry_id: str, who: Caller) -> EntryOut:
    """Return an entry as it is now, with its faults."""
    database = database_of(request)
    entry, known = await database.read(
        lambda tx: (reading.read_entry(tx, entry_id, who.id), reading.known_content(tx))
    )
    return await asyncio.to_thread(reading.with_faults, entry, known)


async def changed(
    request: Request, entry_id: str, who: Caller, unit: Callable[[Tx], service.Conflict | None]
) -> EntryOut:
    """Do a change and return the entry.

    Raises:
        EntryChanged: two saved at once; both are kept by then.
    """
    if conflict := await database_of(request).write(unit):
        raise conflict.error()
    return await shown(request, entry_id, who)


def entry_router(reader: Any, editor: Any) -> APIRouter:
    """Return the routes of reading and writing.

    Args:
        reader: a `Depends` that admits who may look and gives a `Caller`.
        editor: one that admits who may write.
    """
    router = APIRouter(prefix="/kb", tags=["knowledge"])
    _add_reading(router, reader)
    _add_writing(router, editor)
    return router


def _add_reading(router: APIRouter, reader: Any) -> None:
    @router.get("/entries")
    async def list_entries(
        request: Request, wanted: Annotated[ListQuery, Query()], who: Caller = reader
    ) -> EntryPage:
        """List entries; one with open work stands under both its states."""
        del who
        return await database_of(request).read(lambda tx: reading.list_entries(tx, wanted))

    @router.get("/summary")
    async def summary(request: Request, who: Caller = reader) -> Summary:
        """Tell how many entries are at each state, and what there is to do."""
        del who
        return await database_of(request).read(reading.summary)

    @router.get("/documents")
    async def list_documents(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        who: Caller = reader,
    ) -> DocumentList:
        """Find documents to cite."""
        del who
        return await database_of(request).read(lambda tx: reading.list_documents(tx, q, limit))

    @router.get("/entries/{entry_id}", responses=UNKNOWN)
    async def read_entry(
        request: Request, response: Response, entry_id: EntryId, who: Caller = reader
    ) -> EntryOut:
        """Return one entry; the ETag is its version."""
        entry = await shown(request, entry_id, who)
        response.headers["ETag"] = f'"{entry.version}"'
        return entry

    @router.get("/entries/{entry_id}/versions", responses=UNKNOWN)
    async def list_versions(
        request: Request,
        entry_id: EntryId,
        cursor: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        who: Caller = reader,
    ) -> VersionPage:
        """Return an entry's versions, the newest first."""
        del who
        return await database_of(request).read(
            lambda tx: reading.list_versions(tx, entry_id, cursor, limit)
        )

    @router.get(
        "/entries/{entry_id}/versions/{version}",
        responses={404: {"description": "no_such_version"}},
    )
    async def read_version(
        request: Request, entry_id: EntryId, version: VersionNumber, who: Caller = reader
    ) -> VersionOut:
        """Return a version with its content."""
        del who
        return await database_of(request).read(
            lambda tx: reading.access_version(tx, entry_id, version)
        )

    @router.get("/entries/{entry_id}/diff", responses={404: {"description": "no_such_version"}})
    async def compare(
        request: Request,
        entry_id: EntryId,
        before: Annotated[Version, Query(alias="from")],
        after: Annotated[Version, Query(alias="to")],
        who: Caller = reader,
    ) -> Difference:
        """Return where two versions differ."""
        del who
        return await database_of(request).read(
            lambda tx: reading.difference(tx, entry_id, before, after)
        )

    @router.post("/check")
    async def check(request: Request, body: CheckIn, who: Caller = reader) -> CheckOut:
        """Check content by the rules; nothing is saved."""
        del who
        known = await database_of(request).read(reading.known_content)
        found = await asyncio.to_thread(
            faults.faults_of, body.id or faults.NEW, body.content, known
        )
        return CheckOut(faults=found)


def _add_writing(router: APIRouter, editor: Any) -> None:
    @router.post("/entries", status_code=201, responses={409: {"description": "entry_exists"}})
    async def create(request: Request, body: NewEntryIn, who: Caller = editor) -> EntryOut:
        """Begin an entry as a draft."""
        await database_of(request).write(
            lambda tx: service.create(tx, body.id, body.content, body.note, who)
        )
        return await shown(request, body.id, who)

    @router.put("/entries/{entry_id}", responses=CHANGED)
    async def save(
        request: Request,
        entry_id: EntryId,
        body: SaveIn,
        if_match: Annotated[str | None, Header(max_length=20)] = None,
        who: Caller = editor,
    ) -> EntryOut:
        """Keep content as a new version; if somebody saved meanwhile, both are kept and told."""
        base = body.base_version or _version_of(if_match)
        return await changed(
            request,
            entry_id,
            who,
            lambda tx: service.save(
                tx, entry_id, body.content, base_version=base, note=body.note, who=who
            ),
        )

    @router.post("/entries/{entry_id}/revert", responses=CHANGED)
    async def revert(
        request: Request, entry_id: EntryId, body: RevertIn, who: Caller = editor
    ) -> EntryOut:
        """Take an older version up again as a new draft."""
        return await changed(
            request,
            entry_id,
            who,
            lambda tx: service.revert(
                tx,
                entry_id,
                body.version,
                base_version=body.base_version,
                note=body.note,
                who=who,
            ),
        )

    @router.post("/entries/{entry_id}/discard", status_code=204, responses=CHANGED)
    async def discard(
        request: Request, entry_id: EntryId, body: DiscardIn, who: Caller = editor
    ) -> None:
        """Let go of open work; its versions stay in the history."""
        await database_of(request).write(
            lambda tx: service.discard(tx, entry_id, body.base_version, who)
        )


def _version_of(if_match: str | None) -> int:
    told = (if_match or "").strip().removeprefix("W/").strip('"')
    if not told.isdecimal() or not 1 <= int(told) < 2**31:
        raise BadInput("send base_version (or If-Match): the version that you edited")
    return int(told)
