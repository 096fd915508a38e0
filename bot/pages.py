"""The built web pages, /chat and /desk, from `web/*/dist`."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from core.settings import PROJECT

LONG_LIVED = "public, max-age=31536000, immutable"


class _Built(StaticFiles):
    """Files with a hash in their name are kept by browsers; the page itself is asked anew."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        hashed = path.startswith("assets/")
        response.headers["Cache-Control"] = LONG_LIVED if hashed else "no-cache"
        return response


def mount(app: FastAPI, page: str, folder: Path | None = None) -> None:
    """Serve a built page under its name; say how to build it when it is not there."""
    built = folder or PROJECT / "web" / page / "dist"
    if (built / "index.html").exists():
        app.mount(f"/{page}", _Built(directory=built, html=True), name=page)
        return

    async def unbuilt() -> Response:
        return PlainTextResponse(f"the page is not built: run make web (web/{page})\n", 503)

    app.add_api_route(f"/{page}", unbuilt, include_in_schema=False)
    app.add_api_route(f"/{page}/", unbuilt, include_in_schema=False)


def redirect_home(app: FastAPI, page: str) -> None:
    """Lead the bare address to a page."""

    async def home() -> Response:
        return RedirectResponse(f"/{page}/")

    app.add_api_route("/", home, include_in_schema=False)
