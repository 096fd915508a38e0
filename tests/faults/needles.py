"""Numbers of people to be sent, who sends them to a served demo, and where they are looked for."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.migrate import _with_connection
from tests.faults.harness import Server, demo
from tests.support.numbers import CARDS, IDENTITY_NUMBERS, PHONES

IDENTITY, PHONE, CARD = IDENTITY_NUMBERS[0], PHONES[0], CARDS[0]
FULL_WIDTH = IDENTITY_NUMBERS[1].translate(str.maketrans("0123456789", "０１２３４５６７８９"))
SPACED = "166 1234 5678"
CHILDS = IDENTITY_NUMBERS[2]
"""Of a child born in February 2020."""
NUMBERS = f"身份证{IDENTITY} 电话{PHONE}，卡{CARD}；{FULL_WIDTH}、{SPACED}"
NEEDLES = (
    *(IDENTITY, IDENTITY.lower(), PHONE, CARD, CHILDS),
    *(FULL_WIDTH, IDENTITY_NUMBERS[1], SPACED, SPACED.replace(" ", "")),
)


@dataclass
class Bureau:
    """A served demo with a visitor, two people at the desk, and all answers that came back."""

    server: Server
    client: httpx.Client
    answers: list[str] = field(default_factory=list)
    sent: int = 0

    def call(self, method: str, path: str, token: str = "", **more) -> httpx.Response:
        headers = more.pop("headers", {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = self.client.request(method, f"/api/v1{path}", headers=headers, **more)
        self.answers.append(f"{dict(answer.headers)} {answer.text}")
        assert answer.status_code < 500, answer.text
        return answer

    def visit(self, **body) -> "Visitor":
        answer = self.call("POST", "/chat/sessions", json=body)
        assert answer.status_code == 201, answer.text
        return Visitor(self, answer.json())

    def staff(self, username: str) -> str:
        body = {"username": username, "password": demo(self.server.home)["password"]}
        token = self.call("POST", "/staff/sign-in", json=body).json()["token"]
        self.answers.pop()  # the token is random, and only theirs
        return token

    def desk(self, token: str, consultation: str, verb: str, **body) -> httpx.Response:
        answer = self.call("POST", f"/desk/consultations/{consultation}/{verb}", token, json=body)
        assert answer.is_success, answer.text
        return answer


@dataclass
class Visitor:
    """A device in a chat."""

    bureau: Bureau
    session: dict

    @property
    def path(self) -> str:
        return f"/chat/sessions/{self.session['session_id']}"

    @property
    def token(self) -> str:
        return self.session["session_token"]

    def send(self, **content) -> httpx.Response:
        self.bureau.sent += 1
        body = {"client_message_id": f"c{self.bureau.sent}", **content}
        return self.bureau.call("POST", f"{self.path}/messages", self.token, json=body)

    def hears(self, *kinds: str, after: int = 0) -> dict:
        """Wait for a message of these kinds and return it, with how the conversation stands."""
        for _ in range(6):
            found = self.bureau.call(
                "GET", f"{self.path}/messages?after={after}&wait=10", self.token
            ).json()
            for message in found["messages"]:
                if message["kind"] in kinds:
                    return found | message
            after = found["last_seq"]
        raise AssertionError(f"no message of {kinds} came")

    def answers_flow(self, field: str, value: object) -> dict:
        """Wait until a flow asks for this field, and give it a value; return the flow."""
        for _ in range(60):
            found = self.bureau.call("GET", f"{self.path}/messages?after=0", self.token).json()
            flow = [each["flow"] for each in found["messages"] if each["flow"]][-1]
            if [each["key"] for each in flow["fields"]] == [field]:
                given = {"run_id": flow["run_id"], "field": field, "value": value}
                assert self.send(input={"type": "flow_field", **given}).status_code == 202
                return flow
            wanted = {"after": found["last_seq"], "wait": 1}
            self.bureau.call("GET", f"{self.path}/messages", self.token, params=wanted)
        raise AssertionError(f"no flow asks for {field}")


def in_tables(connection: Connection) -> Iterator[str]:
    """Name every column of every table that holds a number."""
    tables = sa.MetaData()
    tables.reflect(connection)
    assert len(tables.tables) > 15
    for table in tables.tables.values():
        for row in connection.execute(sa.select(table)).mappings():
            for column, value in row.items():
                shown = json.dumps(value, ensure_ascii=False, default=str)
                if any(needle in shown for needle in NEEDLES):
                    yield f"{table.name}.{column}: {shown[:80]}"


def in_files(home: Path) -> Iterator[str]:
    """Name every file under the data directory that holds a number: database, log, index, files."""
    wanted = [needle.encode() for needle in NEEDLES]
    for path in sorted(home.rglob("*")):
        if path.is_file() and any(each in path.read_bytes() for each in wanted):
            yield str(path.relative_to(home))


def holdings(server: Server, url: str) -> list[str]:
    found = asyncio.run(_with_connection(url, lambda connection: list(in_tables(connection))))
    return found + list(in_files(server.home))
