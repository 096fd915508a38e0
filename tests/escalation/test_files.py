"""The person who serves sees what the taxpayer sent; the read is audited."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from conversations import service as log
from conversations.files import service
from conversations.files.content import admit
from conversations.files.store import FileStore
from conversations.schemas import Incoming
from core.audit import audit
from core.vault import Vault
from tests.conversations.files.samples import PDF


@pytest.fixture
def store(app, tmp_path) -> FileStore:
    app.state.files = FileStore(tmp_path / "files", Vault("a secret of some length"))
    return app.state.files


@pytest.fixture
async def sent(db, hand_over, store, vault) -> tuple[str, str]:
    """A consultation that waits, and a file that was sent in it."""
    state, _ = await hand_over()
    file_id, content = service.new_file_id(), admit(PDF)
    store.put(file_id, content.data)

    def send(tx) -> None:
        service.take_in(
            tx, state.id, file_id, name="合同.pdf", content=content, kept_for=timedelta(days=1)
        )
        incoming = Incoming(client_message_id="f1", file_ids=[file_id])
        log.receive(tx, vault, state.id, incoming, timedelta(seconds=20))

    await db.write(send)
    return state.consultation_id, file_id


class TestFiles:
    async def test_an_editor_sees_none(self, client, sign_in, sent) -> None:
        address = f"/desk/consultations/{sent[0]}/files/{sent[1]}"
        answer = await client.get(address, headers=await sign_in("editor1"))
        assert answer.status_code == 403

    async def test_a_file_of_another_conversation(self, client, sign_in, sent, hand_over) -> None:
        other, _ = await hand_over()
        address = f"/desk/consultations/{other.consultation_id}/files/{sent[1]}"
        answer = await client.get(address, headers=await sign_in("officer1"))
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_file")

    async def test_the_context_lists_it_and_the_read_is_audited(
        self, db, client, sign_in, sent
    ) -> None:
        headers = await sign_in("officer1")
        detail = (await client.get(f"/desk/consultations/{sent[0]}", headers=headers)).json()
        [listed] = detail["context"]["files"]
        assert (listed["file_id"], listed["name"], listed["removed"]) == (
            sent[1],
            "合同.pdf",
            False,
        )
        address = f"/desk/consultations/{sent[0]}/files/{sent[1]}"
        answer = await client.get(address, headers=headers)
        assert answer.content == PDF
        assert answer.headers["content-disposition"].startswith("attachment;")
        rows = await db.read(
            lambda tx: tx.execute(sa.select(audit).where(audit.c.subject == sent[1])).all()
        )
        assert [row.action for row in rows] == ["conversations:file:read"]


class TestSending:
    """An officer sends a file; only the holder may."""

    @pytest.fixture
    async def held(self, app, store, hand_over, client, sign_in) -> tuple[str, str, dict]:
        """A consultation in officer1's hands: its id, its conversation and the headers."""
        app.state.drawing = asyncio.Semaphore(1)
        state, _ = await hand_over()
        headers = await sign_in("officer1")
        answer = await client.post(
            f"/desk/consultations/{state.consultation_id}/claim", headers=headers
        )
        assert answer.status_code == 200
        return state.consultation_id, state.id, headers

    @staticmethod
    async def upload(client, consultation_id, headers, data=PDF, name="填表示例.pdf"):
        address = f"/desk/consultations/{consultation_id}/files"
        return await client.post(address, files={"file": (name, data)}, headers=headers)

    @staticmethod
    async def send(client, consultation_id, headers, **body):
        address = f"/desk/consultations/{consultation_id}/messages"
        sent = {"client_message_id": "d1", **body}
        return await client.post(address, json=sent, headers=headers)

    @pytest.mark.parametrize("words", ["", "请照这个填"])
    async def test_the_taxpayer_gets_it_once(self, db, client, held, words) -> None:
        consultation_id, conversation_id, headers = held
        taken = (await self.upload(client, consultation_id, headers)).json()
        assert (taken["name"], taken["type"]) == ("填表示例.pdf", "application/pdf")
        body = {"text": words, "file_ids": [taken["file_id"]]}
        first = await self.send(client, consultation_id, headers, **body)
        again = await self.send(client, consultation_id, headers, **body)
        assert first.status_code == 202 and first.json() == again.json()
        messages = await db.read(lambda tx: log.messages_after(tx, conversation_id, 0))
        [message] = [each for each in messages if each.sender == "officer"]
        assert (message.kind, message.meta["captioned"]) == ("file", bool(words))
        assert [each["file_id"] for each in message.meta["files"]] == [taken["file_id"]]
        assert (words or "填表示例.pdf") in message.text
        found = await db.read(lambda tx: service.access_file(tx, conversation_id, taken["file_id"]))
        assert found.name == "填表示例.pdf"
        # The list of what the taxpayer sent has none of it.
        detail = await client.get(f"/desk/consultations/{consultation_id}", headers=headers)
        assert detail.json()["context"]["files"] == []
        # The id stands for this content alone, and a file is sent once.
        other = await self.send(client, consultation_id, headers, text="别的")
        assert (other.status_code, other.json()["code"]) == (409, "client_message_id_reused")
        twice = await self.send(client, consultation_id, headers, **body, client_message_id="d2")
        assert (twice.status_code, twice.json()["code"]) == (422, "bad_input")

    async def test_only_the_holder_may_and_it_is_audited(self, db, client, held, sign_in) -> None:
        consultation_id, _, headers = held
        other = await sign_in("officer2")
        refused = await self.upload(client, consultation_id, other)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_holder")
        editor = await self.upload(client, consultation_id, await sign_in("editor1"))
        assert editor.status_code == 403
        file_id = (await self.upload(client, consultation_id, headers)).json()["file_id"]
        query = sa.select(audit).where(audit.c.action == "escalation:file:take")
        rows = await db.read(lambda tx: tx.execute(query).all())
        assert [row.subject for row in rows] == [file_id]

    async def test_what_is_no_document_is_refused_by_its_content(self, client, held) -> None:
        answer = await self.upload(client, held[0], held[2], b"MZ" + bytes(200), "表.pdf")
        assert (answer.status_code, answer.json()["code"]) == (415, "file_type_refused")

    async def test_a_taxpayers_file_and_nothing_at_all_cannot_be_sent(
        self, client, held, db, store
    ) -> None:
        consultation_id, conversation_id, headers = held
        file_id, content = service.new_file_id(), admit(PDF)
        kept_for = timedelta(days=1)
        await db.write(
            lambda tx: service.take_in(
                tx, conversation_id, file_id, name="x.pdf", content=content, kept_for=kept_for
            )
        )
        answer = await self.send(client, consultation_id, headers, file_ids=[file_id])
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_file")
        assert (await self.send(client, consultation_id, headers)).status_code == 422
