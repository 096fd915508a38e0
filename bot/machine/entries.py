"""The entries for other systems: what the chat answers from, to be copied or linked to."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from bot.machine.routes import access_machine
from core.texts import DEFAULT
from knowledge_base.answering import KnowledgeBase
from knowledge_base.schemas import Case, Check, Content, English, Entry
from knowledge_base.sources import Source, sources_of

router = APIRouter(tags=["machine"])


class PublicEntry(BaseModel):
    """Policy that the chat may give to everybody.

    Attributes:
        valid_from: first day in Asia/Shanghai, its own or that of its sources; None: long ago.
        valid_to: last day; None: until further notice.
        cases: answers for taxpayers of whom a condition holds; the first that holds is given.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    topic: str
    question: str
    aliases: list[str]
    answer: str
    cases: list[Case]
    sources: list[Source]
    region: str | None
    audience: dict[str, Any] | None
    valid_from: date | None
    valid_to: date | None
    check: Check
    related: list[str]
    flow: str | None
    en: English | None


class PublicEntries(BaseModel):
    """A page in the order of ids; `version` changes whenever anything in the collection does."""

    items: list[PublicEntry]
    next_cursor: str | None
    version: str


class Wanted(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(None, max_length=80, description="next_cursor of the page before")
    limit: int = Field(100, ge=1, le=500)
    topic: str | None = Field(None, max_length=80)


@router.get(
    "/entries",
    responses={401: {"description": "not_signed_in"}, 403: {"description": "not_allowed"}},
)
async def list_entries(request: Request, wanted: Annotated[Wanted, Query()]) -> PublicEntries:
    """List the entries that the chat may give to everybody; for machines with scope entries.

    Drafts, withdrawn entries, those for staff, referrals and refusals are left out. Entries of
    other times are in it: `valid_from` and `valid_to` say when each holds.
    """
    access_machine(request, "entries")
    knowledge: KnowledgeBase = request.app.state.services.knowledge
    snapshot = knowledge.snapshot
    found = sorted(
        (
            entry
            for entry in snapshot.content.entries.values()
            if entry.is_policy
            and entry.state == "ready"
            and entry.visibility == "public"
            and (wanted.cursor is None or entry.id > wanted.cursor)
            and wanted.topic in {None, entry.topic}
        ),
        key=lambda entry: entry.id,
    )
    page = found[: wanted.limit]
    return PublicEntries(
        items=[_public(snapshot.content, entry) for entry in page],
        next_cursor=page[-1].id if len(found) > len(page) else None,
        version=snapshot.version,
    )


def _public(content: Content, entry: Entry) -> PublicEntry:
    valid_from, valid_to = content.validity(entry)
    taken = entry.model_dump(
        include=PublicEntry.model_fields.keys() - {"sources", "valid_from", "valid_to"}
    )
    return PublicEntry(
        **{"en": None, **taken},
        sources=sources_of(content, entry, DEFAULT),
        valid_from=valid_from,
        valid_to=valid_to,
    )
