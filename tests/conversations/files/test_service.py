"""Files of a conversation, on both databases."""

from datetime import timedelta

import pytest

from conversations import service as log
from conversations.files import repository, service
from conversations.files.content import admit
from conversations.files.errors import NoSuchFile, TooManyFiles
from conversations.files.store import FileStore
from conversations.schemas import Incoming
from conversations.sessions import access_session, identify, open_session
from core.errors import BadInput
from core.vault import Vault
from taxpayers.schemas import Profile
from tests.conversations.files.samples import PDF, picture

KEPT = timedelta(days=90)


@pytest.fixture
def store(tmp_path) -> FileStore:
    return FileStore(tmp_path / "files", Vault("a secret of some length"))


@pytest.fixture
def take(db, opened, store):
    """Take a file into the conversation."""

    async def run(data: bytes = PDF, name: str = "合同.pdf", kept_for: timedelta = KEPT) -> str:
        content, file_id = admit(data), service.new_file_id()
        store.put(file_id, content.data)
        await db.write(
            lambda tx: service.take_in(
                tx, opened.conversation.id, file_id, name=name, content=content, kept_for=kept_for
            )
        )
        return file_id

    return run


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("合同.pdf", "合同.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\fakepath\\照片.HEIC", "照片.jpg"),
        ("", "file.jpg"),
        (".", "file.jpg"),
        ("张三11010519491231002X.png", "张三[ID].jpg"),
        ("a\x00b\r\nc<x>.png", "abcx.jpg"),
        ("字" * 500 + ".png", "字" * 120 + ".jpg"),
    ],
)
def test_a_name_is_harmless(given: str, shown: str) -> None:
    assert service.clean_name(given, "jpg") == shown


class TestRefusals:
    async def test_a_file_of_nobody(self, say) -> None:
        with pytest.raises(NoSuchFile):
            await say("m1", file_ids=["fi_none"])

    async def test_a_file_of_another_conversation(self, db, take, vault) -> None:
        file_id = await take()
        other = await db.write(
            lambda tx: open_session(tx, None, channel="web", locale="zh-Hans", profile=Profile())
        )
        incoming = Incoming(client_message_id="m1", file_ids=[file_id])
        with pytest.raises(NoSuchFile):
            await db.write(
                lambda tx: log.receive(
                    tx, vault, other.conversation.id, incoming, timedelta(seconds=20)
                )
            )
        with pytest.raises(NoSuchFile):
            await db.read(lambda tx: service.access_file(tx, other.conversation.id, file_id))

    async def test_a_file_that_was_sent_before(self, say, take) -> None:
        file_id = await take()
        await say("m1", file_ids=[file_id])
        with pytest.raises(BadInput):
            await say("m2", file_ids=[file_id])

    @pytest.mark.parametrize(
        "content",
        [{}, {"file_ids": []}, {"file_ids": ["a", "a"]}, {"file_ids": ["a"] * 10},
         {"file_ids": ["a"], "input": {"type": "close"}}],
    )  # fmt: skip
    def test_a_malformed_message(self, content) -> None:
        with pytest.raises(ValueError, match=r"file_ids|either"):
            Incoming.model_validate({"client_message_id": "m1", **content})

    async def test_more_than_a_days_files(self, take, monkeypatch) -> None:
        monkeypatch.setattr(service, "FILES_A_DAY", 2)
        await take()
        await take()
        with pytest.raises(TooManyFiles):
            await take()


class TestSending:
    async def test_the_log_carries_the_files_in_order(self, db, opened, say, take) -> None:
        first, second = await take(), await take(picture(), "照片.png")
        received = await say("m1", file_ids=[second, first])
        again = await say("m1", file_ids=[second, first])
        assert again.again and again.seq == received.seq and received.turn
        message = (await db.read(lambda tx: log.messages_after(tx, opened.conversation.id, 0)))[-1]
        assert (message.kind, message.text) == ("file", "[文件] 照片.jpg、合同.pdf")
        assert [each["file_id"] for each in message.meta["files"]] == [second, first]
        assert message.meta["files"][0]["width"] == 640
        assert message.consultation_id is not None
        sent = await db.read(lambda tx: service.sent_files(tx, opened.conversation.id))
        assert {each.file_id for each in sent} == {first, second}
        assert {each.seq for each in sent} == {received.seq}

    async def test_words_go_with_files_and_are_masked(self, db, opened, say, take) -> None:
        await say("m1", "号码 11010519491231002X 的合同", file_ids=[await take()])
        message = (await db.read(lambda tx: log.messages_after(tx, opened.conversation.id, 0)))[-1]
        assert (message.kind, message.text) == ("file", "号码 [ID] 的合同")
        assert message.meta["captioned"]

    async def test_signing_in_takes_the_files_along(self, db, opened, say, take, party) -> None:
        theirs = await db.write(
            lambda tx: open_session(tx, party, channel="web", locale="zh-Hans", profile=Profile())
        )
        sent, unsent = await take(), await take()
        await say("m1", file_ids=[sent])

        def join(tx):
            session = access_session(tx, opened.session_id, opened.token)
            return identify(tx, session, party)

        await db.write(join)
        joined = theirs.conversation.id
        assert (await db.read(lambda tx: service.access_file(tx, joined, unsent))).file_id == unsent
        [kept] = await db.read(lambda tx: service.sent_files(tx, joined))
        messages = await db.read(lambda tx: log.messages_after(tx, joined, 0))
        assert kept.seq == next(each.seq for each in messages if each.kind == "file")


class TestLettingGo:
    async def test_what_nobody_sent(self, db, opened, store, take, clock) -> None:
        file_id = await take()
        assert await service.sweep_files(db, store) == 0
        clock._offset += service.UNSENT + timedelta(minutes=1)
        assert await service.sweep_files(db, store) == 1
        with pytest.raises(NoSuchFile):
            store.get(file_id)
        with pytest.raises(NoSuchFile):
            await db.read(lambda tx: service.access_file(tx, opened.conversation.id, file_id))

    async def test_what_was_kept_for_its_time(self, db, opened, store, say, take, clock) -> None:
        short, long = await take(kept_for=timedelta(days=1)), await take()
        await say("m1", file_ids=[short, long])
        clock._offset += timedelta(days=2)
        assert await service.sweep_files(db, store) == 1
        assert store.get(long)
        sent = await db.read(lambda tx: service.sent_files(tx, opened.conversation.id))
        assert {each.file_id: each.removed for each in sent} == {short: True, long: False}

    async def test_goes_on_where_a_stopped_process_left(
        self, db, opened, store, take, clock
    ) -> None:
        file_id = await take()
        clock._offset += service.UNSENT + timedelta(minutes=1)
        await db.write(lambda tx: repository.remove_due(tx, tx.now - service.UNSENT, 10))
        assert await service.sweep_files(db, store) == 1
        with pytest.raises(NoSuchFile):
            store.get(file_id)

    async def test_a_content_without_a_row(self, db, store, take, monkeypatch) -> None:
        known = await take()
        store.put("fi_orphan", b"taken in, and the process died")
        monkeypatch.setattr(service, "ORPHANED", timedelta(seconds=-1))
        assert await service.sweep_orphans(db, store) == 1
        assert store.get(known)
        with pytest.raises(NoSuchFile):
            store.get("fi_orphan")
