"""Contents on the disk."""

import errno
import os
import stat
from pathlib import Path

import pytest

from conversations.files.errors import FilesUnavailable, NoSuchFile
from conversations.files.store import FileStore
from core.vault import Vault

DATA = b"what nobody may read on the disk"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(folder: Path) -> FileStore:
    return FileStore(folder, Vault("a secret of some length"))


def everything(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_an_unknown_file(store) -> None:
    with pytest.raises(NoSuchFile):
        store.get("fi_none")
    store.remove("fi_none")


def test_another_key_or_another_place_opens_nothing(store, folder) -> None:
    store.put("fi_a1", DATA)
    with pytest.raises(FilesUnavailable):
        FileStore(folder, Vault("another secret")).get("fi_a1")
    everything(folder)[0].rename(folder / "a1" / "fi_b1")
    (folder / "b1").mkdir()
    (folder / "a1" / "fi_b1").rename(folder / "b1" / "fi_b1")
    with pytest.raises(FilesUnavailable):
        store.get("fi_b1")


def test_a_full_disk_keeps_nothing_and_says_so(store, folder, monkeypatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(FilesUnavailable):
            store.put("fi_a1", DATA)
    assert everything(folder) == []
    store.put("fi_a1", DATA)
    assert store.get("fi_a1") == DATA


def test_a_content_is_sealed_for_its_owner_only(store, folder) -> None:
    store.put("fi_a1", DATA)
    [kept] = everything(folder)
    assert DATA not in kept.read_bytes()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert store.get("fi_a1") == DATA
    store.remove("fi_a1")
    assert everything(folder) == []


def test_remains_of_a_broken_write_are_found_and_cleared(store, folder) -> None:
    store.put("fi_a1", DATA)
    (folder / "a1" / "fi_a2.part").write_bytes(b"half")
    assert list(store.older_than(3600)) == []
    for each in everything(folder):
        os.utime(each, (0, 0))
    assert list(store.older_than(3600)) == ["fi_a1"]
    assert [each.name for each in everything(folder)] == ["fi_a1"]
