"""Files of a conversation: taken in, carried by a message, read, moved, let go of."""

import asyncio
import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from conversations.files import repository
from conversations.files.content import Content
from conversations.files.errors import NoSuchFile, TooManyFiles
from conversations.files.schemas import FileOut, SentFile, file_out
from conversations.files.store import FileStore
from core.database import Database, Tx
from core.errors import BadInput
from core.identifiers import mask
from core.identity import new_id

UNSENT = timedelta(hours=2)
"""A file that was taken in and not sent by then is let go of."""
ORPHANED = timedelta(hours=24)
"""A content without a row is let go of so long after it was written."""
FILES_A_DAY = 40
"""In one conversation."""
NAME_LIMIT = 120
SHOWN = 50
"""Files given with a context package."""
CHUNK = 200


def take_in(
    tx: Tx,
    conversation_id: str,
    file_id: str,
    *,
    name: str,
    content: Content,
    kept_for: timedelta,
    by: str | None = None,
) -> FileOut:
    """Note a file whose content lies in the store; a message may carry it from now on.

    Args:
        name: as the device gave it; protected numbers are masked, the ending follows the content.
        by: the person who serves and is about to send it; None for the taxpayer.

    Raises:
        TooManyFiles: the conversation had its files of this day; both sides have as many.
    """
    taken = repository.taken_since(
        tx, conversation_id, tx.now - timedelta(days=1), by_staff=by is not None
    )
    if taken >= FILES_A_DAY:
        raise TooManyFiles(f"at most {FILES_A_DAY} files a day; send the rest tomorrow")
    facts = {"width": content.width, "height": content.height} if content.width else {}
    shown = clean_name(name, content.extension)
    repository.insert(
        tx,
        {
            "id": file_id,
            "conversation_id": conversation_id,
            "name": shown,
            "type": content.type,
            "size": len(content.data),
            "facts": facts | ({"by": by} if by else {}),
            "expires_at": tx.now + kept_for,
        },
    )
    return FileOut(file_id=file_id, name=shown, type=content.type, size=len(content.data), **facts)


def clean_name(name: str, extension: str) -> str:
    """Return a file's name as it is shown: without folders, odd characters and numbers of people.

    >>> clean_name("C:\\\\fakepath\\\\照片.PNG", "jpg")
    '照片.jpg'
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    stem = mask(kept).text.strip().rsplit(".", 1)[0].strip(" .")
    return f"{stem[:NAME_LIMIT] or 'file'}.{extension}"


def files_to_send(
    tx: Tx, conversation_id: str, file_ids: Sequence[str], *, by: str | None = None
) -> list[FileOut]:
    """Return files that a message is about to carry, in the order given.

    Args:
        by: whose message it is, as `take_in`.

    Raises:
        NoSuchFile: one was never taken in here from them, or its time was over.
        BadInput: one is carried by a message already.
    """
    rows = {row.id: row for row in repository.of_conversation(tx, conversation_id, file_ids)}
    for each in file_ids:
        row = rows.get(each)
        if row is None or row.removed_at is not None or row.facts.get("by") != by:
            raise NoSuchFile(f"no file {each} in this conversation: send its content again")
        if row.seq is not None:
            raise BadInput(f"file {each} was sent before: send its content again")
    return [file_out(rows[each]) for each in file_ids]


def attach(tx: Tx, file_ids: Sequence[str], *, seq: int, consultation_id: str | None) -> None:
    """Let a message carry the files."""
    repository.attach(tx, file_ids, seq=seq, consultation_id=consultation_id)


def access_file(tx: Tx, conversation_id: str, file_id: str) -> FileOut:
    """Load a file of a conversation.

    Raises:
        NoSuchFile: there is none, it is another conversation's, or its time was over.
    """
    for row in repository.of_conversation(tx, conversation_id, [file_id]):
        if row.removed_at is None:
            return file_out(row)
    raise NoSuchFile(f"no file {file_id} here, or it is kept no longer")


def sent_files(tx: Tx, conversation_id: str) -> list[SentFile]:
    """Return what the taxpayer sent in a conversation, the latest first."""
    return [
        SentFile(
            **file_out(row).model_dump(),
            seq=row.seq,
            sent_at=row.created_at,
            removed=row.removed_at is not None,
        )
        for row in repository.sent(tx, conversation_id, SHOWN)
        if "by" not in row.facts
    ]


def new_file_id() -> str:
    """Return the id of a file to come."""
    return new_id("fi")


async def sweep_files(database: Database, store: FileStore) -> int:
    """Let go of what nobody sent and of what was kept for its time; return how many contents.

    A content is removed only after its row says so, and what a stopped process left is removed by
    the next round, so that no row promises a content that is gone.
    """
    await database.write(lambda tx: repository.remove_due(tx, tx.now - UNSENT, CHUNK))
    gone = await database.read(lambda tx: repository.to_purge(tx, CHUNK))
    for each in gone:
        await _removed(store, each)
    if gone:
        await database.write(lambda tx: repository.note_purged(tx, gone))
    return len(gone)


async def sweep_orphans(database: Database, store: FileStore) -> int:
    """Let go of contents that no row knows: their taking-in was interrupted."""
    old = await _listed(store)
    orphans: list[str] = []
    for start in range(0, len(old), CHUNK):
        some = old[start : start + CHUNK]
        known = await database.read(lambda tx, some=some: repository.known(tx, some))  # type: ignore[misc]
        orphans += [each for each in some if each not in known]
    for each in orphans:
        await _removed(store, each)
    return len(orphans)


async def _removed(store: FileStore, file_id: str) -> None:
    await asyncio.to_thread(store.remove, file_id)


async def _listed(store: FileStore) -> list[str]:
    return await asyncio.to_thread(lambda: list(store.older_than(ORPHANED.total_seconds())))
