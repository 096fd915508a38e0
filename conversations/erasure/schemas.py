"""What is to be erased, by whom, why."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.identifiers import FreeText


class ErasureOrder(BaseModel):
    """One conversation, or all of a person or of a taxpayer.

    Attributes:
        reason: why, e.g. the number of the request; kept in the audit trail, masked.
        basis: the law that demands it.
        actor: who ordered it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    conversation: str | None = Field(None, max_length=64)
    person: str | None = Field(None, max_length=64)
    taxpayer: str | None = Field(None, max_length=64)
    reason: FreeText = Field(min_length=1, max_length=500)
    basis: FreeText = Field(min_length=1, max_length=200)
    actor: FreeText = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(each is not None for each in (self.conversation, self.person, self.taxpayer)) != 1:
            raise ValueError("name one conversation, one person or one taxpayer")
        return self


class ErasureReport(BaseModel):
    """What came of an order.

    Attributes:
        conversations: how many were found.
        erased: how many had something left, which is gone now.
        messages: how many messages became tombstones.
        with_people: ids of those that a person holds or that wait for one; nothing of them was
            erased, run the order again when they are closed.
    """

    conversations: int
    erased: int = 0
    messages: int = 0
    with_people: list[str] = []
