"""The demo's invented e-tax bureau, a page that holds the chat: to look at, and to copy from.

It is served under one name of this machine and takes the chat from the other, so that the two are
of different origins, as they are at a bureau.
"""

from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from pydantic import BaseModel

from bot.setup.demo import demo_of
from core.errors import NotFound
from core.settings import PROJECT, Settings

FOLDER = PROJECT / "web" / "chat" / "bureau"
PLACE = "%chat%"
"""Stands in the pages for the origin of the chat."""

_OTHER_NAME = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}


class SignedIn(BaseModel):
    """What the bureau's own server gives its page, for the chat."""

    token: str


def policy(chat: str) -> str:
    """Return a strict policy for a page that holds the chat: the lines of docs/integrate.md."""
    socket = chat.replace("http", "ws", 1)
    return (
        f"default-src 'none'; script-src 'self' {chat}; style-src 'self' {chat}; "
        f"img-src data: blob:; connect-src 'self' {chat} {socket}; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'"
    )


def page_of(name: str, chat: str, folder: Path = FOLDER) -> Response:
    """Return a file of the bureau's site, with the chat's origin put in.

    Raises:
        NotFound: there is no such file.
    """
    path = folder / (name or "index.html")
    if path.parent != folder or not path.is_file():
        raise NotFound("the bureau has no such page")
    words = path.read_text(encoding="utf-8").replace(PLACE, chat)
    headers = {"Content-Security-Policy": policy(chat), "Cache-Control": "no-cache"}
    return Response(words, headers=headers, media_type=guess_type(name or "index.html")[0])


def offer(app: FastAPI, settings: Settings) -> None:
    """Serve the bureau under /bureau/."""
    router = APIRouter(prefix="/bureau", include_in_schema=False)

    @router.post("/token")
    async def token() -> SignedIn:
        """Sign the first taxpayer of the demo in; a bureau looks at its own session here."""
        demo = demo_of(settings.home)
        if demo is None:
            raise NotFound("the demo is not loaded: run daoban setup with DAOBAN_DEMO=1")
        return SignedIn(token=demo.taxpayers[0].token)

    @router.get("/{name}")
    @router.get("/")
    async def page(request: Request, name: str = "") -> Response:
        url = request.url
        other = _OTHER_NAME.get(url.hostname or "")
        chat = (
            f"{url.scheme}://{other}:{settings.port}" if other else f"{url.scheme}://{url.netloc}"
        )
        return page_of(name, chat)

    app.include_router(router)
