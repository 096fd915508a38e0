"""HTTP of imported collections for editors, who only look: `/api/v1/kb/collections`."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from knowledge_base.editing.routes import database_of
from knowledge_base.editing.schemas import Caller
from knowledge_base.importing import service
from knowledge_base.importing.schemas import Found, Overview

Collection = Annotated[str, Path(max_length=60)]
Words = Annotated[
    str, Query(max_length=200, description="that a passage holds, all of them; none: the first")
]
PAGE = 20
"""Passages on a page."""


class CollectionList(BaseModel):
    """All collections, by name."""

    items: list[Overview]


class FoundPage(BaseModel):
    """Passages in the order of files and their parts."""

    items: list[Found]
    next_cursor: str | None


def importing_router(reader: Any) -> APIRouter:
    """Return the routes of imported collections; they change nothing.

    Args:
        reader: a `Depends` that admits who may look and gives a `Caller`.
    """
    router = APIRouter(prefix="/kb/collections", tags=["knowledge"])

    @router.get("")
    async def list_collections(request: Request, who: Caller = reader) -> CollectionList:
        """List the imported collections; none of them answers a taxpayer."""
        del who
        return CollectionList(items=await database_of(request).read(service.overview))

    @router.get(
        "/{collection}/passages", responses={404: {"description": "there is no such collection"}}
    )
    async def find_passages(
        request: Request,
        collection: Collection,
        words: Words = "",
        cursor: Annotated[int, Query(ge=0, le=100_000)] = 0,
        who: Caller = reader,
    ) -> FoundPage:
        """Look for words in a collection, twenty passages a page."""
        del who
        found = await database_of(request).read(
            lambda tx: service.find(tx, collection, words, PAGE + 1, cursor)
        )
        more = str(cursor + PAGE) if len(found) > PAGE else None
        return FoundPage(items=found[:PAGE], next_cursor=more)

    return router
