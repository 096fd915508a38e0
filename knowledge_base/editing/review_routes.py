"""HTTP of review and publication: `/api/v1/kb/entries/{entry_id}/...`."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request

from knowledge_base.editing import faults, publishing, reading
from knowledge_base.editing.errors import EntryHasFaults
from knowledge_base.editing.routes import UNKNOWN, EntryId, database_of, shown
from knowledge_base.editing.schemas import (
    ApproveIn,
    Caller,
    EntryOut,
    ReturnIn,
    SubmitIn,
    VerifyByIn,
    VerifyIn,
    WithdrawIn,
)

_REFUSED: dict[int | str, dict[str, Any]] = {
    404: {"description": "no_such_entry, no_such_version"},
    409: {"description": "entry_changed, wrong_state"},
}
_SOUND: dict[int | str, dict[str, Any]] = {422: {"description": "entry_has_faults"}}


def review_router(editor: Any, reviewer: Any, either: Any) -> APIRouter:
    """Return the routes of review.

    Args:
        editor: a `Depends` that admits who may submit and gives a `Caller`.
        reviewer: one that admits who may publish and withdraw.
        either: one that admits both.
    """
    router = APIRouter(prefix="/kb/entries/{entry_id}", tags=["knowledge"])

    @router.post("/submit", responses={**_REFUSED, **_SOUND})
    async def submit(
        request: Request, entry_id: EntryId, body: SubmitIn, who: Caller = editor
    ) -> EntryOut:
        """Give a draft without faults to the reviewers."""
        await _check_sound(request, entry_id, body.version)
        await database_of(request).write(
            lambda tx: publishing.submit(tx, entry_id, body.version, body.note, who)
        )
        return await shown(request, entry_id, who)

    @router.post(
        "/approve",
        responses={
            **_REFUSED,
            **_SOUND,
            409: {"description": "entry_changed, wrong_state, own_work"},
        },
    )
    async def approve(
        request: Request, entry_id: EntryId, body: ApproveIn, who: Caller = reviewer
    ) -> EntryOut:
        """Publish a version that somebody else wrote, at once or at a moment."""
        await _check_sound(request, entry_id, body.version)
        await database_of(request).write(
            lambda tx: publishing.approve(
                tx, entry_id, body.version, note=body.note, publish_at=body.publish_at, who=who
            )
        )
        return await shown(request, entry_id, who)

    @router.post("/return", responses=_REFUSED)
    async def give_back(
        request: Request, entry_id: EntryId, body: ReturnIn, who: Caller = reviewer
    ) -> EntryOut:
        """Return to the editors what is in review or scheduled."""
        await database_of(request).write(
            lambda tx: publishing.give_back(tx, entry_id, body.version, body.reason, who)
        )
        return await shown(request, entry_id, who)

    @router.post("/withdraw", responses={**UNKNOWN, 409: {"description": "wrong_state"}})
    async def withdraw(
        request: Request, entry_id: EntryId, body: WithdrawIn, who: Caller = reviewer
    ) -> EntryOut:
        """Take an entry out of the answers; transcripts keep what was said."""
        await database_of(request).write(
            lambda tx: publishing.withdraw(tx, entry_id, body.reason, who)
        )
        return await shown(request, entry_id, who)

    @router.post("/verify", responses=UNKNOWN)
    async def verify(
        request: Request, entry_id: EntryId, body: VerifyIn, who: Caller = either
    ) -> EntryOut:
        """Note that somebody looked and it still holds."""
        await database_of(request).write(
            lambda tx: publishing.verify(tx, entry_id, body.verify_by, body.note, who)
        )
        return await shown(request, entry_id, who)

    @router.put("/verify-by", responses=UNKNOWN)
    async def set_verify_by(
        request: Request, entry_id: EntryId, body: VerifyByIn, who: Caller = either
    ) -> EntryOut:
        """Choose the day by which somebody must look."""
        await database_of(request).write(
            lambda tx: publishing.set_verify_by(tx, entry_id, body.verify_by, who)
        )
        return await shown(request, entry_id, who)

    return router


async def _check_sound(request: Request, entry_id: str, version: int) -> None:
    """Check that the rules say nothing against a version.

    Raises:
        NoSuchVersion: there is none.
        EntryHasFaults: they do.
    """
    content, known = await database_of(request).read(
        lambda tx: (
            reading.access_version(tx, entry_id, version).content,
            reading.known_content(tx),
        )
    )
    found = await asyncio.to_thread(faults.faults_of, entry_id, content, known)
    if found:
        raise EntryHasFaults(
            f"version {version} has {len(found)} faults: mend them first",
            faults=[fault.model_dump() for fault in found],
        )
