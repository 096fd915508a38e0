"""HTTP of trying: why a question is answered as it is, and what a change would move."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, ValidationError

from core.conditions import ConditionError, parse
from knowledge_base.answering import KnowledgeBase
from knowledge_base.editing import faults, reading
from knowledge_base.editing.asked_repository import recent_questions
from knowledge_base.editing.effect import Effect, effect, questions_of
from knowledge_base.editing.errors import EntryHasFaults
from knowledge_base.editing.routes import UNKNOWN, EntryId, database_of
from knowledge_base.editing.schemas import Caller, Draft, Written
from knowledge_base.editing.trying import Tried, TryIn, try_question
from knowledge_base.schemas import Content, Entry
from knowledge_base.text import searchable

RECENT = 500
"""Questions that were not answered well lately, among those that a change is weighed by."""


class EffectIn(BaseModel):
    """A change to be weighed: other content, or none at all; the open work when neither is said."""

    content: Written | None = None
    withdraw: bool = Field(default=False, description="as if the entry were withdrawn")


def trial_router(reader: Any) -> APIRouter:
    """Return the routes of trying; they change nothing.

    Args:
        reader: a `Depends` that admits who may look and gives a `Caller`.
    """
    router = APIRouter(prefix="/kb", tags=["knowledge"])

    @router.post("/try", responses={422: {"description": "entry_has_faults"}})
    async def try_out(request: Request, body: TryIn, who: Caller = reader) -> Tried:
        """Ask a question and tell why it is answered so."""
        del who
        knowledge = knowledge_of(request)
        return await asyncio.to_thread(_try, knowledge, body, database_of(request).clock.today())

    @router.post(
        "/entries/{entry_id}/preview-effect",
        responses={**UNKNOWN, 422: {"description": "entry_has_faults"}},
    )
    async def preview(
        request: Request, entry_id: EntryId, body: EffectIn, who: Caller = reader
    ) -> Effect:
        """Tell which questions' first hit a change moves; takes seconds."""
        database = database_of(request)
        entry, asked = await database.read(
            lambda tx: (reading.read_entry(tx, entry_id, who.id), recent_questions(tx, RECENT))
        )
        changed = None if body.withdraw else body.content or entry.content
        return await asyncio.to_thread(
            _effect, knowledge_of(request), entry_id, changed, asked, database.clock.today()
        )

    return router


def knowledge_of(request: Request) -> KnowledgeBase:
    """Return the knowledge base that the chat answers from."""
    knowledge: KnowledgeBase = request.app.state.services.knowledge
    return knowledge


def _try(knowledge: KnowledgeBase, body: TryIn, today: date) -> Tried:
    snapshot = knowledge.snapshot
    if body.content is not None:
        entry_id = body.entry_id or faults.NEW
        snapshot = knowledge.beside(_with(knowledge.content, entry_id, body.content))
    return try_question(snapshot, knowledge.encoder, body.query(today))


def _effect(
    knowledge: KnowledgeBase,
    entry_id: str,
    changed: Draft | None,
    asked: Sequence[Any],
    today: date,
) -> Effect:
    before = knowledge.content
    vectors = knowledge.kept_vectors()
    kept = [row for row in asked if row.encoder == knowledge.encoder.fingerprint]
    vectors.put(
        [searchable(row.text) for row in kept],
        "query",
        [np.frombuffer(row.vector, dtype=np.float32) for row in kept],
    )
    questions = questions_of(before, entry_id, knowledge.lessons, [row.text for row in asked])
    return effect(
        lambda content: knowledge.beside(content, vectors),
        before,
        _with(before, entry_id, changed),
        entry_id,
        questions,
        vectors=vectors,
        as_of=today,
    )


def _with(now: Content, entry_id: str, changed: Draft | None) -> Content:
    """Return a collection with one entry as it would be.

    Raises:
        EntryHasFaults: it lacks so much that it could not be given.
    """
    entries = {key: entry for key, entry in now.entries.items() if key != entry_id}
    if changed is not None:
        entries[entry_id] = _entry(entry_id, changed, now)
    return Content(documents=now.documents, entries=entries)


def _entry(entry_id: str, draft: Draft, now: Content) -> Entry:
    try:
        entry = faults.as_entry(entry_id, draft)
        now.validity(entry)
        for condition in filter(None, [entry.audience, *(case.when for case in entry.cases)]):
            parse(condition)
    except (ValidationError, KeyError, ConditionError):
        found = faults.faults_of(entry_id, draft, now)
        raise EntryHasFaults(
            "it cannot be tried before its form and its sources are mended",
            faults=[fault.model_dump() for fault in found],
        ) from None
    return entry
