"""`/openapi.json`: an example for everything that is sent and given, each true to its schema."""

import jsonschema_rs
import pytest
import yaml

from bot.app import create_app
from bot.openapi import EXAMPLES
from core.settings import Settings

DOCUMENT = create_app(Settings(demo=True)).openapi()
OPERATIONS = [
    pytest.param(operation, id=f"{method.upper()} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def contents(operation):
    """Yield what is sent and what is given, with its media type."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for response in operation["responses"].values():
        yield from response.get("content", {}).items()


def shown(content) -> list:
    """Return the examples beside a schema, or those in it."""
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    named = [each["value"] for each in content.get("examples", {}).values()]
    single = [place["example"] for place in (content, schema) if "example" in place]
    return named + single + schema.get("examples", [])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_everything_has_a_true_example(operation) -> None:
    for media_type, content in contents(operation):
        if not media_type.endswith("json"):
            continue
        examples = shown(content)
        assert examples, f"no example: add one to {EXAMPLES.name}"
        whole = {**content["schema"], "components": DOCUMENT["components"]}
        for example in examples:
            jsonschema_rs.validate(whole, example)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_refusal_is_a_problem_document(operation) -> None:
    for status, response in operation["responses"].items():
        if status >= "4" and "Ready" not in str(response):
            assert list(response["content"]) == ["application/problem+json"], status


def test_no_example_is_left_of_a_route_that_is_gone() -> None:
    served = {
        f"{method.upper()} {path}"
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
    }
    assert set(yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))) <= served
