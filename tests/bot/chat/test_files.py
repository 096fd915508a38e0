"""Files over HTTP, through the served application; refusals first."""

import httpx
import pytest

from conversations.files.content import SIZE_LIMIT
from tests.bot.chat.test_routes import headers, open_session, poll, send, until
from tests.conversations.files.samples import PDF, archive, photo_with_position, picture


def upload(
    api: httpx.Client, session: dict, data: bytes = PDF, name: str = "合同.pdf", **more: object
) -> httpx.Response:
    sent = {"files": {"file": (name, data)}} | more
    address = f"/chat/sessions/{session['session_id']}/files"
    return api.post(address, headers=headers(session), **sent)


def download(api: httpx.Client, session: dict, file_id: str) -> httpx.Response:
    address = f"/chat/sessions/{session['session_id']}/files/{file_id}"
    return api.get(address, headers=headers(session))


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


class TestRefusals:
    def test_no_token(self, api) -> None:
        session = open_session(api)
        answer = api.post(
            f"/chat/sessions/{session['session_id']}/files", files={"file": ("a.pdf", PDF)}
        )
        assert code(answer) == (401, "not_signed_in")

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"", (422, "file_unreadable")),
            (picture()[:100], (422, "file_unreadable")),
            (b"MZ" + b"\0" * 100, (415, "file_type_refused")),
            (b"<html></html>", (415, "file_type_refused")),
            (archive("a.exe"), (415, "file_type_refused")),
            (PDF + b"\0" * SIZE_LIMIT, (413, "file_too_large")),
            (PDF + b"\0" * SIZE_LIMIT * 2, (413, "file_too_large")),
        ],
    )
    def test_what_is_not_taken(self, api, data, expected) -> None:
        assert code(upload(api, open_session(api), data, "无害.jpg")) == expected

    @pytest.mark.parametrize(
        "more",
        [
            {"files": None, "data": {"file": "words"}},
            {"files": {"other": ("a.pdf", PDF)}},
            {"files": [("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))]},
            {"files": None, "json": {}},
            {"files": None, "content": b"--x\r\nbroken",
             "headers": {"content-type": "multipart/form-data; boundary=x"}},
            {"files": None, "content": b"",
             "headers": {"content-type": "multipart/form-data"}},
        ],
    )  # fmt: skip
    def test_a_form_that_is_none(self, api, more) -> None:
        session = open_session(api)
        more = dict(more)
        sent = headers(session) | more.pop("headers", {})
        answer = api.post(f"/chat/sessions/{session['session_id']}/files", headers=sent, **more)
        assert code(answer) == (422, "bad_input")

    def test_a_file_of_another(self, api) -> None:
        mine, other = open_session(api), open_session(api)
        file_id = upload(api, mine).json()["file_id"]
        assert code(download(api, other, file_id)) == (404, "no_such_file")
        assert code(send(api, other, file_ids=[file_id])) == (404, "no_such_file")
        assert code(download(api, mine, "fi_none")) == (404, "no_such_file")


class TestFiles:
    def test_a_photo_is_sent_and_seen_again(self, api) -> None:
        session = open_session(api)
        answer = upload(api, session, photo_with_position(), "身份证11010519491231002X.heic")
        assert answer.status_code == 201
        taken = answer.json()
        assert taken["name"] == "身份证[ID].jpg"
        assert (taken["type"], taken["width"], taken["height"]) == ("image/jpeg", 480, 640)
        assert send(api, session, file_ids=[taken["file_id"]]).status_code == 202
        sent, reply = until(api, session, 3)[1:]
        assert sent["kind"] == "file" and sent["sender"] == "taxpayer"
        assert sent["meta"]["files"][0]["file_id"] == taken["file_id"]
        assert [each["id"] for each in reply["choices"]] == ["person"]
        seen = download(api, session, taken["file_id"])
        assert seen.headers["content-type"] == "image/jpeg"
        assert seen.headers["content-disposition"].startswith("inline;")
        assert len(seen.content) == taken["size"]
        assert b"MakerOfPhones" not in seen.content

    def test_a_document_is_a_download_and_never_a_page(self, api) -> None:
        session = open_session(api)
        taken = upload(api, session).json()
        seen = download(api, session, taken["file_id"])
        assert seen.content == PDF
        assert seen.headers["content-type"] == "application/pdf"
        assert seen.headers["content-disposition"].startswith("attachment;")
        assert seen.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert seen.headers["x-content-type-options"] == "nosniff"
        assert seen.headers["cache-control"] == "private, no-store"

    def test_words_with_a_file_are_answered(self, api) -> None:
        session = open_session(api)
        file_id = upload(api, session).json()["file_id"]
        send(api, session, text="逾期申报会怎么罚款", file_ids=[file_id])
        answer = until(api, session, 3)[-1]
        assert answer["entry_id"] == "T16-01"
        assert poll(api, session)["messages"][1]["text"] == "逾期申报会怎么罚款"
