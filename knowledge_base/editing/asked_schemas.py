"""Groups of questions that were not answered well, in and out."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from core.identifiers import FreeText
from knowledge_base.editing.schemas import Note, Person, Version
from knowledge_base.editing.usage import Why
from knowledge_base.schemas import Slug

As = Literal["entry", "alias", "dismissed"]


class Example(BaseModel):
    """A question of a group, masked."""

    text: str
    at: datetime
    why: Why
    entry_id: str | None


class Near(BaseModel):
    """An entry that is near to the group."""

    entry_id: str
    question: str
    cosine: float


class HandledOut(BaseModel):
    """How a group was handled."""

    handled_as: As
    entry_id: str | None
    note: str
    by: Person
    at: datetime


class GroupOut(BaseModel):
    """Questions that ask the same."""

    id: str
    question: str
    count: int
    first_at: datetime
    last_at: datetime
    why: dict[Why, int]
    examples: list[Example]
    nearest: list[Near]
    handled: HandledOut | None


class GroupPage(BaseModel):
    """Groups, the largest first; handled ones the latest first."""

    items: list[GroupOut]
    next_cursor: str | None


class MakeEntryIn(BaseModel):
    """The entry to be made of a group."""

    id: Slug
    topic: FreeText = Field(min_length=1, max_length=80)


class AddAliasIn(BaseModel):
    """Wordings to be added to an entry, on the version that was seen."""

    entry_id: Slug
    aliases: list[FreeText] = Field(min_length=1, max_length=20)
    base_version: Version


class DismissIn(BaseModel):
    """That the group is nothing for us."""

    note: Note = ""
