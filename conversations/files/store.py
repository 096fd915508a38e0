"""Where the content of files lies: one sealed file each under `DAOBAN_HOME/files`."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from conversations.files.errors import FilesUnavailable, NoSuchFile
from core.vault import Unreadable, Vault

_PART = ".part"


class FileStore:
    """Puts contents on the disk and gets them back; safe to use from several threads.

    Every call reads or writes the disk: run it in a thread.

    Args:
        folder: made when missing; several servers of one database must share it.
        vault: seals what is written, so that a copied disk shows nothing.
    """

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    def put(self, file_id: str, data: bytes) -> None:
        """Keep a content durably under a new id.

        Raises:
            FilesUnavailable: the disk is full or away; nothing is left behind.
        """
        path = self._path(file_id)
        part = path.with_suffix(_PART)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with part.open("xb") as out:
                os.fchmod(out.fileno(), 0o600)
                out.write(self._vault.seal_bytes(data, file_id))
                out.flush()
                os.fsync(out.fileno())
            part.replace(path)
            _sync(path.parent)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise FilesUnavailable(
                "the file cannot be kept now; send it again later, or go on without it"
            ) from error

    def get(self, file_id: str) -> bytes:
        """Return a content.

        Raises:
            NoSuchFile: it is not there.
            FilesUnavailable: the disk cannot be read, or the key does not fit.
        """
        try:
            return self._vault.open_bytes(self._path(file_id).read_bytes(), file_id)
        except FileNotFoundError as error:
            raise NoSuchFile(f"the content of {file_id} is gone") from error
        except (OSError, Unreadable) as error:
            raise FilesUnavailable(f"{file_id} cannot be read now") from error

    def remove(self, file_id: str) -> None:
        """Let go of a content; one that is gone already is fine.

        Raises:
            FilesUnavailable: the disk refused.
        """
        try:
            self._path(file_id).unlink(missing_ok=True)
        except OSError as error:
            raise FilesUnavailable(f"{file_id} cannot be removed now") from error

    def older_than(self, seconds: float) -> Iterator[str]:
        """Yield the ids of contents written so long ago, remains of broken writes included."""
        before = time.time() - seconds
        for path in self._folder.glob("*/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    if path.suffix == _PART:
                        path.unlink()
                    else:
                        yield path.name

    def _path(self, file_id: str) -> Path:
        return self._folder / file_id[-2:] / file_id


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
