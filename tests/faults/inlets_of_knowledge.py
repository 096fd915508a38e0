"""Ways in for the words of editors and reviewers: `/api/v1/kb`."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.migrate import _with_connection
from knowledge_base.editing.models import given, questions
from tests.faults.needles import CARD, IDENTITY, NUMBERS, PHONE, Bureau

SHIPPED = "T06-05"
CONTENT = {
    "topic": NUMBERS,
    "question": NUMBERS,
    "aliases": [PHONE, f"为什么{IDENTITY}不能报"],
    "answer": NUMBERS,
    "cases": [{"when": {"region": PHONE, IDENTITY: [CARD]}, "answer": NUMBERS}],
    "sources": [{"document": PHONE, "provision": IDENTITY}],
    "region": PHONE,
    "audience": {"tags": [NUMBERS]},
    "related": [PHONE],
    "flow": IDENTITY,
    "en": {"question": NUMBERS, "aliases": [PHONE], "answer": NUMBERS, "cases": [CARD]},
}


def writing(bureau: Bureau) -> None:
    """Drafts with numbers everywhere, notes, searches, checks, trials; refused ones too."""
    editor, path = bureau.staff("editor1"), "/kb/entries/privacy-1"
    begun = {"id": "privacy-1", "content": CONTENT, "note": NUMBERS}
    made = bureau.call("POST", "/kb/entries", editor, json=begun)
    assert made.status_code == 201, made.text
    assert "[ID]" in made.json()["content"]["answer"]
    more = CONTENT | {"answer": f"改：{NUMBERS}"}
    for base in (1, 1):  # the second is kept aside
        saved = {"content": more, "base_version": base, "note": NUMBERS}
        bureau.call("PUT", path, editor, json=saved)
        more = CONTENT | {"answer": f"另改：{NUMBERS}"}
    reverted = {"version": 1, "base_version": 2, "note": NUMBERS}
    assert bureau.call("POST", f"{path}/revert", editor, json=reverted).is_success
    refused = bureau.call("POST", f"{path}/submit", editor, json={"version": 4, "note": NUMBERS})
    assert refused.status_code == 422, refused.text
    bureau.call("GET", f"{path}/versions", editor)
    bureau.call("GET", f"{path}/diff?from=1&to=2", editor)
    bureau.call("GET", "/kb/entries", editor, params={"q": NUMBERS, "topic": IDENTITY})
    bureau.call("GET", "/kb/documents", editor, params={"q": NUMBERS})
    bureau.call("GET", f"/kb/entries/{PHONE}", editor)
    bureau.call("PUT", path, editor, json={"content": {IDENTITY: PHONE}, "note": NUMBERS * 9})
    bureau.call("POST", "/kb/check", editor, json={"content": CONTENT})
    tried = {"text": f"逾期申报怎么办 {NUMBERS}", "profile": {"region": PHONE, "tags": [IDENTITY]}}
    assert bureau.call("POST", "/kb/try", editor, json=tried).is_success
    bureau.call("POST", "/kb/try", editor, json=tried | {"content": CONTENT})
    bureau.call("POST", f"{path}/preview-effect", editor, json={"content": CONTENT})
    assert bureau.call("POST", f"{path}/discard", editor, json={"base_version": 4}).is_success


def reviewing(bureau: Bureau) -> None:
    """Reasons and notes of who submits, returns, approves, verifies and withdraws."""
    editor, reviewer = bureau.staff("editor1"), bureau.staff("reviewer1")
    path = f"/kb/entries/{SHIPPED}"
    version = bureau.call("GET", path, editor).json()["head_version"]
    told, why = {"version": version, "note": NUMBERS}, {"reason": NUMBERS}
    for who, deed, body in (
        (editor, "submit", told),
        (reviewer, "return", {"version": version, **why}),
        (editor, "submit", told),
        (reviewer, "approve", told),
        (reviewer, "verify", {"note": NUMBERS}),
        (reviewer, "withdraw", why),
    ):
        done = bureau.call("POST", f"{path}/{deed}", who, json=body)
        assert done.is_success, done.text
    assert "[PHONE]" in bureau.call("GET", path, editor).json()["withdrawn"]["reason"]
    bureau.call("PUT", f"{path}/verify-by", reviewer, json={"verify_by": IDENTITY})


def questions_not_answered(bureau: Bureau) -> None:
    """What editors write when they handle groups of questions."""
    editor, asked = bureau.staff("editor1"), ("宠物店跨境重组备案", "虚拟币挖矿", "火星基地开票")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    rows = [
        {
            "conversation_id": f"cv_{place}",
            "seq": 2,
            "at": yesterday,
            "text": text,
            "why": "unanswered",
        }
        for place, text in enumerate(asked)
    ]
    _write(bureau, sa.insert(questions), rows)
    groups = bureau.call("GET", "/kb/questions", editor).json()["items"]
    ids = {each["question"]: each["id"] for each in groups}
    first, second, third = (f"/kb/questions/{ids[text]}" for text in asked)
    made = bureau.call(
        "POST", f"{first}/draft", editor, json={"id": "privacy-2", "topic": NUMBERS[:80]}
    )
    assert made.status_code == 201, made.text
    wordings = {"entry_id": "privacy-2", "aliases": [NUMBERS, PHONE], "base_version": 1}
    added = bureau.call("POST", f"{second}/alias", editor, json=wordings)
    assert "[PHONE]" in added.json()["content"]["aliases"], added.text
    done = bureau.call("POST", f"{third}/dismiss", editor, json={"note": NUMBERS})
    assert done.is_success, done.text


def corrections(bureau: Bureau) -> None:
    """The words of a correction, which go into chats."""
    reviewer, visitor = bureau.staff("reviewer1"), bureau.visit()
    day = datetime.now(UTC) - timedelta(days=1)
    answer = {"conversation_id": visitor.session["conversation_id"], "seq": 1, "at": day}
    _write(bureau, sa.insert(given), [answer | {"entry_id": SHIPPED}])
    span = {"from": day.isoformat(), "to": (day + timedelta(minutes=1)).isoformat()}
    body = {"entry_id": SHIPPED, **span, "text": f"此前的答复有误。{NUMBERS}"}
    decided = bureau.call("POST", "/kb/corrections", reviewer, json=body)
    assert decided.is_success, decided.text
    assert "[ID]" in visitor.hears("notice")["text"]


INLETS: tuple[Callable[[Bureau], None], ...] = (
    writing,
    reviewing,
    questions_not_answered,
    corrections,
)


def _write(bureau: Bureau, statement: sa.Insert, rows: list[dict]) -> None:
    """Put rows there that the log gives only after ten minutes."""

    def insert(connection: Connection) -> None:
        connection.execute(statement, rows)

    asyncio.run(_with_connection(bureau.server.variables["DAOBAN_DATABASE_URL"], insert))
