"""The person who serves sees what the taxpayer sent; the read is audited."""

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
