"""How built pages are served: compressed where they can be, always with their encoding."""

import gzip
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.pages import offer_widget

SCRIPT = "say('在线导办')".encode()


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "widget.js").write_bytes(SCRIPT)
    (tmp_path / "widget.js.gz").write_bytes(gzip.compress(SCRIPT))
    app = FastAPI()
    offer_widget(app, tmp_path)
    return TestClient(app)


@pytest.mark.parametrize(("accepted", "sent"), [("gzip", "gzip"), ("identity", None)])
def test_a_script_says_its_encoding_whatever_page_embeds_it(
    client: TestClient, accepted: str, sent: str | None
) -> None:
    answer = client.get("/widget.js", headers={"Accept-Encoding": accepted})
    assert answer.content == SCRIPT
    assert answer.headers.get("content-encoding") == sent
    assert answer.headers["content-type"].endswith("javascript; charset=utf-8")
