"""`POST /chat/sessions/{id}/messages`: the route that carries the load of the last night.

Declared to FastAPI like any other, so that it stands in OpenAPI; but its three parameters are read
here. FastAPI's way from a request to them took as long as all else that a message costs, the
commit included (docs/performance.md).
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security.utils import get_authorization_scheme_param
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from bot.chat.access import ChatOf, SessionOf, get_chat, session_of
from bot.chat.schemas import Accepted
from conversations.schemas import Incoming


async def send(chat: ChatOf, session: SessionOf, incoming: Incoming) -> Accepted:
    """Send a text or a typed input; a resend under the same id gets the first result."""
    return Accepted(seq=(await chat.send(session, incoming)).seq)


class _Direct(APIRoute):
    """Reads what `send` takes, in FastAPI's order: who calls, then what the body says."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send_back: Send) -> None:
        request = Request(scope, receive)
        chat = await get_chat(request)
        try:
            body = await request.body()
        except ClientDisconnect as error:
            raise HTTPException(400, "the body came in part") from error
        scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
        bearer = token if scheme.lower() == "bearer" else ""
        session = await session_of(chat, request.path_params["session_id"], bearer)
        accepted = await send(chat, session, _incoming(request, body))
        content = accepted.model_dump_json()
        response = Response(content, self.status_code or 200, media_type="application/json")
        await response(scope, receive, send_back)


def _incoming(request: Request, body: bytes) -> Incoming:
    """Return what a body says.

    Raises:
        RequestValidationError: it is no JSON, or not of this form.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        fault = "send JSON, with Content-Type: application/json"
        raise RequestValidationError([{"type": "no_json", "loc": ("body",), "msg": fault}])
    try:
        return Incoming.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
        ) from error


def offer(router: APIRouter) -> None:
    """Add the route to the application's own router, without one between them."""
    router.add_api_route(
        "/api/v1/chat/sessions/{session_id}/messages",
        send,
        methods=["POST"],
        status_code=202,
        tags=["chat"],
        responses={
            404: {
                "description": "no_such_consultation, no_such_card, no_such_file, no_such_run, "
                "no_such_flow"
            },
            409: {
                "description": "client_message_id_reused, owner_changed, deadline_passed, "
                "run_changed, flow_not_offered"
            },
            429: {"description": "too_many_requests"},
        },
        route_class_override=_Direct,
    )
