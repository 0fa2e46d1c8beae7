"""Takes a request that no route answers, gives what does: files, `@proxy`, a page.

In Architect's order: `/_static` and preflights before any route; `@proxy`, then the
static files at the root, then "not found" after them all.
"""

from sandbox.clock import Clock
from sandbox.exchange import HttpRequest, HttpResponse
from sandbox.gateway import cors, trouble
from sandbox.gateway.pages import render
from sandbox.gateway.payload import MAX_PAYLOAD_BYTES
from sandbox.gateway.proxy import UnreachableError, forward
from sandbox.gateway.static import FileTooLargeError, StaticFiles, is_direct
from sandbox.project.model import Project

_STATIC_ROOT = "arcStaticAssetProxy"
_READING = ("GET", "HEAD")
_FOUND = (200, 206, 304)


class Unrouted:
    """What one project serves without a function.

    Args:
        project: the app.
        clock: measures how long a `@proxy` target takes.
    """

    def __init__(self, project: Project, clock: Clock) -> None:
        self._project = project
        self._clock = clock
        self._static = StaticFiles(project.static) if project.static else None
        self._target = project.proxy_url
        self._has_static_root = project.root_handler == _STATIC_ROOT
        self._has_cors = project.preferences.sandbox("cors") is True

    def before_routes(self, request: HttpRequest) -> HttpResponse | None:
        """Answer what never reaches a route; None for all else."""
        if self._has_cors and (answer := cors.preflight(request)):
            return answer
        if self._static is None or request.method not in _READING:
            return None
        if not is_direct(request.path):
            return None
        if answer := self._static.serve_direct(request):
            return answer
        return render(trouble.no_file(request.path, self._static.folder), request)

    def after_routes(self, request: HttpRequest) -> HttpResponse:
        """Answer what no route took."""
        if self._target is not None:
            return self._forward(request, self._target)
        if self._static and self._has_static_root and request.method in _READING:
            return self._serve_root(request, self._static) or self._not_found(request)
        return self._not_found(request)

    def notes_on(self, request: HttpRequest, response: HttpResponse) -> tuple[str, ...]:
        """Say what of a request that no function answered comes out otherwise on AWS.

        Args:
            request: what was asked.
            response: what this has answered.
        """
        is_proxied = self._target is not None and not is_direct(request.path)
        if self._static is None or is_proxied or response.status not in _FOUND:
            return ()
        note = self._static.note_on(request.path)
        return () if note is None else (note,)

    def finish(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Add the CORS headers where the preferences want them."""
        return cors.let_origin_read(request, response) if self._has_cors else response

    def _serve_root(
        self, request: HttpRequest, static: StaticFiles
    ) -> HttpResponse | None:
        try:
            return static.serve_root(request, limit_bytes=MAX_PAYLOAD_BYTES)
        except FileTooLargeError as error:
            page = trouble.file_too_large(
                request.path, error.file, api_type=self._project.api_type
            )
            return render(page, request)

    def _forward(self, request: HttpRequest, target: str) -> HttpResponse:
        try:
            return forward(request, target, self._clock)
        except UnreachableError as error:
            return render(trouble.unreachable_target(target, str(error)), request)

    def _not_found(self, request: HttpRequest) -> HttpResponse:
        page = trouble.no_route(request.method, request.path, self._project)
        return render(page, request)
