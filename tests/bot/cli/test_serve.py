"""`daoban serve` as a process: what it refuses, and commands beside it."""

import json
import signal
import socket
from pathlib import Path

import httpx
import yaml

from tests.bot.cli.conftest import Daoban
from tests.faults.harness import Server, daoban, demo


def test_a_port_in_use_is_told(tmp_path: Path, encoder_directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ran = daoban("serve", home=tmp_path, DAOBAN_PORT=str(port), DAOBAN_DEMO="1")
    assert ran.returncode == 3
    assert ran.stderr == (
        f"error: port {port} is in use by another program: stop that one, "
        "or choose a free port, for example DAOBAN_PORT=8001\n"
    )


def test_a_second_start_says_where_the_first_is(running: Server) -> None:
    ran = daoban("serve", home=running.home, DAOBAN_PORT=str(running.port), DAOBAN_DEMO="1")
    assert ran.returncode == 3
    assert f"Daoban runs already at {running.address} (process {running.process.pid})" in ran.stderr


def test_a_second_server_on_the_same_data_is_refused(running: Server) -> None:
    ran = daoban("serve", home=running.home, DAOBAN_PORT="1", DAOBAN_HOST="127.0.0.2")
    assert (ran.returncode, "set DAOBAN_HOME" in ran.stderr) == (3, True)


def test_it_tells_addresses_and_accounts(running: Server) -> None:
    password = demo(running.home)["password"]
    for words in (f"{running.address}/chat/", f"{running.address}/desk/", password, "officer5"):
        assert words in running.log


def test_what_it_leaves_is_for_its_owner_only(running: Server) -> None:
    for name in ("server.json", "demo.json", "host-jwt.key"):
        assert (running.home / name).stat().st_mode & 0o077 == 0


def test_the_demo_is_as_the_contract_says(running: Server) -> None:
    found = demo(running.home)
    assert {"password", "staff", "taxpayers", "client"} == found.keys()
    names = {account["username"] for account in found["staff"]}
    assert {f"officer{n}" for n in range(1, 6)} | {"expert1", "expert2", "leader1"} <= names
    assert {"editor1", "reviewer1", "admin1"} <= names
    assert len(found["taxpayers"]) == 20
    with httpx.Client(base_url=f"{running.address}/api/v1", trust_env=False) as api:
        for account in found["staff"]:
            sign_in = {"username": account["username"], "password": found["password"]}
            signed_in = api.post("/staff/sign-in", json=sign_in)
            assert signed_in.json()["staff"]["roles"] == account["roles"]
        for each in found["taxpayers"]:
            opened = api.post("/chat/sessions", json={"token": each["token"]})
            assert opened.status_code == 201, opened.text


class TestCommandsGoThroughTheServer:
    def test_an_account_can_sign_in_at_once(self, running: Server, beside: Daoban) -> None:
        made = beside("staff", "add", "zhao", "--name", "赵老师", "--role", "officer")
        password = made.out.rpartition("now: ")[2].strip()
        sign_in = {"username": "zhao", "password": password}
        answer = httpx.post(f"{running.address}/api/v1/staff/sign-in", json=sign_in)
        assert answer.status_code == 200, answer.text

    def test_a_refusal_is_told_as_without_a_server(self, beside: Daoban) -> None:
        ran = beside("staff", "add", "officer1", "--name", "某", "--role", "officer")
        assert (ran.code, "the username officer1 is taken" in ran.err) == (1, True)

    def test_the_chat_answers_from_loaded_files_at_once(
        self, running: Server, beside: Daoban, data: Path
    ) -> None:
        path = data / "knowledge" / "filing.yml"
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        added = {**entries["entries"][0], "id": "X99-01", "related": [], "cases": []}
        for name in ("en", "general"):
            added.pop(name, None)
        added |= {"question": "火星基地的月壤怎么登记", "answer": "火星基地的月壤不用登记。" * 5}
        added["aliases"] = [f"火星月壤登记{place}" for place in "甲乙丙丁戊己庚辛壬癸"]
        entries["entries"].append(added)
        path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
        assert beside("kb", "load", str(data)).out.startswith("1 added, ")
        asked = {"text": "火星基地的月壤怎么登记"}
        answer = httpx.post(f"{running.address}/api/v1/chat/ask", json=asked).json()
        assert answer["entry_id"] == "X99-01"
        shown = json.loads(beside("ask", asked["text"], "--json").out)
        assert shown["entry_id"] == "X99-01"
        assert ", 1 removed." in beside("kb", "load").out

    def test_the_database_is_at_its_revision(self, beside: Daoban) -> None:
        assert "revision" in beside("db", "upgrade").out

    def test_nobody_else_may_command(self, running: Server) -> None:
        url = f"{running.address}/api/v1/commands/list-staff"
        for headers in ({}, {"Authorization": "Bearer guess"}):
            assert httpx.post(url, json={}, headers=headers).status_code == 401
        paths = httpx.get(f"{running.address}/openapi.json").json()["paths"]
        assert not [path for path in paths if "commands" in path]

    def test_a_client_elsewhere_may_not_even_with_the_token(self, running: Server) -> None:
        token = json.loads((running.home / "server.json").read_text())["token"]
        url = f"{running.address}/api/v1/commands/list-staff"
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.post(url, json={}, headers=headers).status_code == 200
        headers["X-Forwarded-For"] = "203.0.113.7"  # as a proxy on this machine would pass it on
        assert httpx.post(url, json={}, headers=headers).status_code == 403


def test_ctrl_c_ends_it_in_order_and_the_demo_stays(
    tmp_path: Path, encoder_directory: Path, index_home: Path
) -> None:
    from tests.faults.harness import prepare

    prepare(tmp_path, index_home)
    variables = {"DAOBAN_DEMO": "1", "DAOBAN_DIALOGUE": "0"}
    server = Server(tmp_path, variables | {"DAOBAN_ENCODER": str(encoder_directory)})
    server.start()
    before = demo(tmp_path)
    assert server.stop(signal.SIGINT) == 0
    assert server.log.endswith("Stopped.\n")
    assert not (tmp_path / "server.json").exists()
    server.start()
    assert demo(tmp_path) == before
    assert server.stop() == 0
