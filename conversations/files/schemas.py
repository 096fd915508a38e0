"""A file as the public contract gives it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class FileOut(BaseModel):
    """A file that was taken in."""

    file_id: str = Field(examples=["fi_0193c1a2b3c4d5e6f708"])
    name: str = Field(examples=["营业执照.jpg"])
    type: str = Field(description="media type, by content", examples=["image/jpeg"])
    size: int = Field(description="bytes, as kept", examples=[184320])
    width: int | None = Field(None, description="pixels, of a picture")
    height: int | None = None


class SentFile(FileOut):
    """A file in the context package, with the message that carried it."""

    seq: int
    sent_at: datetime
    removed: bool = Field(default=False, description="its time was over; only the name is left")


def file_out(row: Any) -> FileOut:
    """Turn a row into what the contract gives."""
    return FileOut(file_id=row.id, name=row.name, type=row.type, size=row.size, **(row.facts or {}))
