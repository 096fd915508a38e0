"""Commands of this machine, done by the running server: the one writer."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import SecretStr

from bot.commands.commands import COMMANDS, Command, Here
from core.callers import from_here
from core.errors import NotAllowed, NotSignedIn


def command_router(token: SecretStr) -> APIRouter:
    """Return `POST /api/v1/commands/<name>`, for those on this machine who hold the token."""

    def guard(request: Request) -> None:
        caller = request.client.host if request.client else ""
        if not (from_here(request) or caller == request.app.state.settings.host):
            raise NotAllowed("commands are taken from this machine only")
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not secrets.compare_digest(given.encode(), token.get_secret_value().encode()):
            raise NotSignedIn("send the token of server.json as Authorization: Bearer")

    router = APIRouter(
        prefix="/api/v1/commands", dependencies=[Depends(guard)], include_in_schema=False
    )
    for kind in COMMANDS:
        router.add_api_route(f"/{kind.name}", _endpoint(kind), methods=["POST"])
    return router


def _endpoint(kind: type[Command]) -> Callable[..., Awaitable[dict[str, Any]]]:
    async def endpoint(request: Request, command: Command) -> dict[str, Any]:
        state = request.app.state
        return await command.run(Here(state.settings, state.database, state.services))

    endpoint.__annotations__["command"] = kind
    return endpoint
