"""Whatever is sent, by whom ever: no fault of ours, and only answers that the document names.

Schemathesis makes requests from `/openapi.json`, right and wrong ones, with real ids and tokens of
each surface; `DAOBAN_OPENAPI_EXAMPLES` sets how many of each sort for each route.
"""

import json
import os
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.app import create_app
from core.settings import Settings
from tests.bot.openapi.conftest import Demo

EXAMPLES = int(os.environ.get("DAOBAN_OPENAPI_EXAMPLES", "8"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
DOCUMENT = create_app(Settings(demo=True)).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [
    pytest.param(found.ok(), id=found.ok().label) for found in SCHEMA.get_all_operations()
]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]

TEXTS = [
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "\u202e",
    "💴" * 3,
    "税" * 100_000,
    "'; --",
    "%s{0}",
]
NUMBERS = [-1, 0, 2**31, 2**63, 10**30, -(10**30), 1e308, 0.5, True]
PATHS = ["%00", "a%00b", "%FF", "%ED%A0%80", "%F0%9F%92%B4", "a" * 5000, "%2E%2E", "%20", "%0A"]
BODIES = [
    b"", b"{", b"null", b"[]", b"1e999", b"NaN", b'"\\ud800"', b"\xff\xfe", b"\0",
    b'{"a":' * 2000, b"[" * 50_000, b'{"\\u0000": 1}', b'{"seq": 1' + b"0" * 5000 + b"}",
]  # fmt: skip


def callers(path: str, demo: Demo) -> list[str]:
    """Return the tokens that the route may be asked with, those that open it first."""
    tokens = demo.tokens
    if "/desk/" in path or path.endswith("/staff/me"):
        return [tokens[name] for name in ("officer1", "expert1", "leader1", "editor1")]
    if "/kb/" in path:
        return [tokens[name] for name in ("admin1", "editor1", "reviewer1", "officer1")]
    if "/campaigns" in path:
        return [tokens["admin1"], tokens["officer1"]]
    if path.endswith("/sign-out"):
        return ["forged"]
    return [tokens["session"], tokens["machine"], tokens["reviewer1"]]


@pytest.mark.parametrize("mode", MODES, ids=["right", "wrong"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_answers_are_those_of_the_document(operation, mode, demo) -> None:
    if mode is GenerationMode.NEGATIVE and not has_input(operation):
        mode = GenerationMode.POSITIVE
    tokens = callers(operation.path, demo)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def check(case: Any, data: Any) -> None:
        for name in case.path_parameters or {}:
            if data.draw(st.integers(0, 3)):
                case.path_parameters[name] = demo.ids[name]
        if "wait" in (case.query or {}):
            case.query["wait"] = 0
        token = data.draw(st.sampled_from([tokens[0]] * 4 + tokens + ["forged"]))
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        answer = case.call(base_url=demo.url, timeout=20)
        case.validate_response(answer, checks=CHECKS)

    check()


def has_input(operation: Any) -> bool:
    return bool(operation.body or operation.query or operation.path_parameters)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nasty_input_is_refused_plainly(operation, demo) -> None:
    token = callers(operation.path, demo)[0]
    wrong = {}
    with httpx.Client(base_url=demo.url, timeout=20, trust_env=False) as client:
        for sent in nasty(operation, demo.ids):
            headers = {"Authorization": f"Bearer {token}", **sent.pop("headers", {})}
            answer = client.request(operation.method, **sent, headers=headers)
            if not documented(operation, answer):
                wrong[str(sent)[:120]] = (answer.status_code, answer.text[:200])
    assert not wrong


def nasty(operation: Any, ids: dict[str, str]) -> list[dict[str, Any]]:
    """Return requests, each with one thing that no honest client sends."""
    place = operation.path.format(**ids)
    requests: list[dict[str, Any]] = []
    for name in ids:
        if f"{{{name}}}" in operation.path:
            places = [operation.path.format(**{**ids, name: value}) for value in PATHS]
            requests += [{"url": each} for each in places]
    names = [each.name for each in operation.query]
    for value in [
        "%00",
        "%FF",
        "%ED%A0%80",
        "1" + "0" * 400,
        "1" + "0" * 30,
        "9223372036854775808",
        "-1",
        "nan",
        "inf",
        "a" * 5000,
    ]:
        requests += [{"url": f"{place}?{name}={value}"} for name in names]
    body = DOCUMENT["paths"][operation.path][operation.method].get("requestBody")
    if body is None:
        return requests
    media_type = next(iter(body["content"]))
    for content in BODIES:
        requests.append({"url": place, "content": content, "headers": {"content-type": media_type}})
        requests.append({"url": place, "content": content})
    schema = resolved(body["content"][media_type].get("schema", {}))
    for name in schema.get("properties", {}):
        for value in [*TEXTS, *NUMBERS, None, [], {}, [[]] * 3]:
            if media_type == "application/json":
                changed = {**sample(body["content"][media_type], schema), name: value}
                text = json.dumps(changed)
                requests.append({"url": place, "content": text.encode(), "headers": JSON})
    return requests


JSON = {"content-type": "application/json"}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def sample(content: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return content.get("example") or schema.get("example") or {}


def documented(operation: Any, answer: httpx.Response) -> bool:
    responses = DOCUMENT["paths"][operation.path][operation.method]["responses"]
    if answer.status_code in {404, 405} and answer.json()["code"] in {
        "not_found",
        "method_not_allowed",
    }:
        return True  # the address itself was changed into another
    response = responses.get(str(answer.status_code))
    if response is None or answer.status_code >= 500:
        return False
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    return not answer.content or media_type in response.get("content", {})
