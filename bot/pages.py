"""The built web pages, /chat and /desk, from `web/*/dist`, and the script that embeds the chat."""

import os
from mimetypes import guess_type
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from core.settings import PROJECT

LONG_LIVED = "public, max-age=31536000, immutable"
WIDGET = "widget.js"
ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Public code, which pages of other origins load; what they may do with it the API decides."""


class _Built(StaticFiles):
    """Files with a hash in their name are kept by browsers; the page itself is asked anew.

    A file goes out compressed where the build left a `.gz` beside it.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        hashed = path.startswith("assets/")
        response.headers["Cache-Control"] = LONG_LIVED if hashed else "no-cache"
        response.headers["Vary"] = "Accept-Encoding"
        if hashed or path == WIDGET:
            response.headers.update(ANYWHERE)
        return response

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        packed = Path(f"{full_path}.gz")
        accepted = Request(scope).headers.get("accept-encoding", "")
        if "gzip" not in accepted or not packed.is_file():
            return super().file_response(full_path, stat_result, scope, status_code)
        response = super().file_response(packed, packed.stat(), scope, status_code)
        response.headers["Content-Encoding"] = "gzip"
        kind = guess_type(full_path)[0] or "application/octet-stream"
        # Said outright: a script takes the encoding of the page that embeds it, which may be GBK.
        response.headers["Content-Type"] = f"{kind}; charset=utf-8"
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


def offer_widget(app: FastAPI, folder: Path | None = None) -> None:
    """Serve the script that embeds the chat, at the root, where pages of the bureau name it."""
    files = _Built(directory=folder or PROJECT / "web" / "chat" / "dist", check_dir=False)

    async def widget(request: Request) -> Response:
        return await files.get_response(WIDGET, request.scope)

    app.add_api_route(f"/{WIDGET}", widget, methods=["GET", "HEAD"], include_in_schema=False)


def redirect_home(app: FastAPI, page: str) -> None:
    """Lead the bare address to a page."""

    async def home() -> Response:
        return RedirectResponse(f"/{page}/")

    app.add_api_route("/", home, include_in_schema=False)
