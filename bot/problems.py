"""Every refusal leaves as an RFC 9457 problem document."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from core.errors import BadInput, DaobanError, TooMany, Unavailable
from core.identifiers import masked_values
from core.telemetry import trace_id

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


def _response(
    status: int, document: dict[str, Any], headers: dict[str, str] | None = None
) -> JSONResponse:
    document = masked_values(document)  # a sender's own words may stand in it
    document["trace_id"] = trace_id.get()
    return JSONResponse(document, status, headers, media_type=MEDIA_TYPE)


def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DaobanError)  # noqa: S101 - registered for this class
    headers = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.extra.get("retry_after", 10))
    if isinstance(error, Unavailable):
        headers["Retry-After"] = "2"
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _response(error.status, error.problem(), headers)


def _malformed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    faults = [
        {"field": ".".join(str(part) for part in fault["loc"][1:]), "problem": fault["msg"]}
        for fault in error.errors()
    ]
    first = faults[0] if faults else {"field": "", "problem": "malformed"}
    detail = f"{first['field'] or 'request'}: {first['problem']}"
    return _response(422, BadInput(detail, errors=faults).problem())


def _too_deep(_request: Request, _error: Exception) -> JSONResponse:
    return _response(422, BadInput("the content is nested too deeply: make it flatter").problem())


def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    document = {
        "type": f"urn:daoban:error:{code}",
        "title": code.replace("_", " "),
        "status": error.status_code,
        "code": code,
        "detail": str(error.detail),
    }
    headers = dict(error.headers) if error.headers else None
    return _response(error.status_code, document, headers)


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    log.error("request_failed", path=request.url.path, exc_info=error)
    document = {
        "type": "urn:daoban:error:internal",
        "title": "internal",
        "status": 500,
        "code": "internal",
        "detail": "this failed on our side; try again, and name the trace_id if it goes on",
    }
    return _response(500, document)


def install(app: FastAPI) -> None:
    """Render all errors of the application as problem documents."""
    app.add_exception_handler(DaobanError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(RecursionError, _too_deep)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)
