"""What `/openapi.json` says beyond the routes themselves: refusals, and an example for everything.

A route declares the refusals of its own by the codes, `responses={409: {"description":
"already_claimed, not_holder"}}`; their form (RFC 9457), what all routes of its kind can answer, and
the examples of `data/openapi/examples.yml` are added here.
"""

from typing import Any

import yaml
from fastapi import FastAPI

from bot.problems import MEDIA_TYPE
from core.settings import PROJECT

EXAMPLES = PROJECT / "data" / "openapi" / "examples.yml"

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal (RFC 9457); `code` is stable, further members depend on it.",
    "required": ["type", "title", "status", "code", "detail", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "trace_id": {"type": ["string", "null"]},
    },
}
_OF_ALL = {"503": "unavailable, database_unavailable"}
"""What every route under /api/v1 can answer."""
_SIGNED_IN = {"401": "not_signed_in", "403": "not_allowed"}
"""What every route with a token can answer."""
_METHODS = frozenset({"get", "put", "post", "delete", "patch"})


def install(app: FastAPI) -> None:
    """Let the application describe itself completely."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            complete(plain())
        return plain()

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's own way to change it


def complete(document: dict[str, Any]) -> None:
    """Add refusals and examples to a document as FastAPI makes it."""
    examples = yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, methods in document["paths"].items():
        for method in _METHODS & methods.keys():
            operation = methods[method]
            _refusals(operation, under_api=path.startswith("/api/"))
            _examples(operation, examples.get(f"{method.upper()} {path}", {}))


def _refusals(operation: dict[str, Any], *, under_api: bool) -> None:
    responses = operation["responses"]
    general = dict(_OF_ALL) if under_api else {}
    if operation.get("security"):
        general |= _SIGNED_IN
    if "422" in responses or "requestBody" in operation:
        general |= {"422": "bad_input"}
        if "application/json" in responses.get("422", {}).get("content", {}):
            del responses["422"]  # FastAPI's own, in a form that never leaves
    if "requestBody" in operation:
        general |= {"400": "http_error", "413": "body_too_large"}
    for status, codes in general.items():
        given = responses.get(status, {}).get("description", "")
        own = f"{given}, " if given else ""
        responses.setdefault(status, {})["description"] = f"{own}{codes}"
    for status, response in responses.items():
        if status.isdecimal() and int(status) >= 400 and "content" not in response:
            response["content"] = {MEDIA_TYPE: _problem(int(status), response["description"])}


def _problem(status: int, codes: str) -> dict[str, Any]:
    return {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {code: {"value": _refusal(status, code)} for code in codes.split(", ")},
    }


def _refusal(status: int, code: str) -> dict[str, Any]:
    return {
        "type": f"urn:daoban:error:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "detail": "what is wrong, and what to do",
        "trace_id": "tr_01a214973ca820a9efcd8fae1596",
    }


def _examples(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "sends" in examples:
            content["example"] = examples["sends"]
    for status, response in operation["responses"].items():
        content = response.get("content", {}).get("application/json")
        shown = examples.get("gives" if status.startswith("2") else status)
        if content is not None and shown is not None:
            content["example"] = shown
