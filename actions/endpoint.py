"""Where Rasa's custom actions run: rasa-sdk's executor mounted in the application.

The stock action server listens on all addresses; this one is a path of the application, for
callers on loopback that know the shared token.
"""

import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Request
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

from actions import handover
from core.callers import from_here
from core.errors import BadInput, NotAllowed, NotFound

TOKEN_HEADER = "X-Daoban-Token"  # noqa: S105 a header's name

_executor = ActionExecutor()
_executor.register_function(handover.NAME, handover.hand_over)


async def run_action(payload: dict[str, Any]) -> dict[str, Any]:
    """Run one action call as Rasa sends it.

    Args:
        payload: `next_action`, `sender_id`, `tracker` and, if wanted, `domain`.

    Returns:
        `{"events": [...], "responses": [...]}`.

    Raises:
        BadInput: without `next_action` or `tracker`.
        NotFound: for an action that is not registered.
    """
    if not payload.get("next_action") or not isinstance(payload.get("tracker"), dict):
        raise BadInput("an action call needs next_action and tracker")
    try:
        # Rasa leaves the domain out (enable_selective_domain); the executor insists on one.
        result = await _executor.run({"domain": {}, **payload})
    except ActionNotFoundException as error:
        raise NotFound(f"no action {payload['next_action']}") from error
    assert result is not None  # noqa: S101 only a call without next_action gives None
    return {"events": result.events, "responses": result.responses}


def router(token: str) -> APIRouter:
    """Return `POST /actions/webhook`, open to loopback callers that send `token`."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/actions/webhook")
    async def webhook(
        request: Request,
        payload: Annotated[dict[str, Any], Body()],
        given: Annotated[str, Header(alias=TOKEN_HEADER)] = "",
    ) -> dict[str, Any]:
        if not hmac.compare_digest(given.encode(), token.encode()) or not from_here(request):
            raise NotAllowed("actions are called by the dialogue server of this machine only")
        return await run_action(payload)

    return routes
