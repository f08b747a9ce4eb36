"""Serves the pages: read-only, from this machine, with nothing from outside."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from shoplake.dashboard.access import Access, Gate
from shoplake.dashboard.answer import answer
from shoplake.dashboard.state import Audience, State, read_state
from shoplake.dashboard.view import View
from shoplake.errors import QueryError
from shoplake.warehouse.query import Answer, as_csv

_STATIC = Path(__file__).parent / "static"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def app_of(showing: Callable[[], View], audience: Audience, access: Access | None = None) -> Starlette:
    """The application over the published state that is shown at the time of a request."""
    gate = [Middleware(Gate, access=access)] if access else []

    def state_of(request: Request, view: View) -> State:
        return read_state(request.query_params.multi_items(), view.store.published.days, audience)

    def page(request: Request) -> Response:
        view = showing()
        name = request.path_params["page"]
        if name not in view.pages:
            return HTMLResponse(view.error("There is no such page", f"«{name}» isn't one of the pages."), 404)
        state = state_of(request, view)
        if "application/json" in request.headers.get("accept", ""):
            lines = (json.dumps(part, ensure_ascii=False) + "\n" for part in view.parts(name, state))
            return StreamingResponse(lines, media_type="application/x-ndjson")
        return HTMLResponse(view.whole(name, state))

    def csv(request: Request) -> Response:
        view = showing()
        name, tile = request.path_params["page"], request.path_params["tile"]
        asked = [each for each in view.pages[name].tiles if each.name == tile] if name in view.pages else []
        if not asked:
            return PlainTextResponse("There is no such tile.", 404)
        alone = view.pages[name].model_copy(update={"tiles": tuple(asked)})
        shown = answer(alone, state_of(request, view), view.store)[tile]
        lines = as_csv(Answer([column.name for column in shown.columns], list(shown.rows)))
        headers = {"Content-Disposition": f'attachment; filename="{tile}.csv"'}
        return PlainTextResponse("\r\n".join(lines) + "\r\n", headers=headers, media_type="text/csv")

    def first(_: Request) -> Response:
        return RedirectResponse(f"/{next(iter(showing().pages))}")

    def script(_: Request) -> Response:
        kept = {"Cache-Control": "max-age=86400"}
        return FileResponse(showing().charts, media_type="text/javascript", headers=kept)

    def refused(request: Request, failure: Exception) -> Response:
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"error": str(failure)}, 400)
        return HTMLResponse(showing().error("This can't be shown", str(failure)), 400)

    routes = [
        Route("/", first),
        Route("/static/charts.js", script),
        Mount("/static", StaticFiles(directory=_STATIC)),
        Route("/{page}/{tile}.csv", csv),
        Route("/{page}", page),
    ]
    handlers: Any = {QueryError: refused}
    return Starlette(
        routes=routes,
        exception_handlers=handlers,
        middleware=[Middleware(_Headers), *gate],
    )


class _Headers:
    """What a browser may do with the pages."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                more = [(k.lower().encode(), v.encode()) for k, v in _HEADERS.items()]
                message["headers"] = [*message["headers"], *(pair for pair in more if pair[0] not in there)]
            await send(message)

        await self.app(scope, receive, with_headers)
