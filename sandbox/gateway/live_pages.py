"""LivePages: the app's port with live reload around the gateway.

Serves the two reserved addresses, which no handler sees and the journal does not have,
and adds the script to the pages that pass.
"""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs

from sandbox.exchange import Headers, HttpRequest, HttpResponse
from sandbox.gateway.livereload import SCRIPT_PATH, STREAM_PATH, with_script
from sandbox.gateway.open_pages import OpenPages
from sandbox.gateway.wsgi import read_head, respond
from sandbox.host_header import bare_host

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_SCRIPT_FILE = Path(__file__).with_name("livereload.js")
_RESERVED = frozenset((STREAM_PATH, SCRIPT_PATH))
_UNREGISTRABLE = frozenset(("localhost", "test", "internal", "local"))
"""Last labels of names that no stranger can own (RFC 6761, RFC 6762, ICANN 2024)."""
_COMMON = (("cache-control", "no-cache"), ("x-content-type-options", "nosniff"))


class App(Protocol):
    """What serves the app itself: the gateway."""

    def serve(self, environ: "WSGIEnvironment") -> tuple[HttpRequest, HttpResponse]:
        """Give the request that an environ is, and its answer."""
        ...


class LivePages:
    """A WSGI application around the app's own.

    Args:
        app: the gateway.
        pages: told of, and listened to.
        is_on: asked where it matters: at the reserved addresses, and for pages.
        say: told, once, why a page is left alone.
    """

    def __init__(
        self,
        app: App,
        *,
        pages: OpenPages,
        is_on: Callable[[], bool],
        say: Callable[[str], None],
    ) -> None:
        self._app = app
        self._pages = pages
        self._is_on = is_on
        self._say = say
        self._said: frozenset[str] = frozenset()
        self._script = _SCRIPT_FILE.read_bytes()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        path = environ.get("PATH_INFO")
        if path in _RESERVED and self._is_on():
            if path == STREAM_PATH:
                return self._stream(read_head(environ), start_response)
            return respond(self._script_response(), start_response)
        request, response = self._app.serve(environ)
        if _is_html(response.headers) and self._is_on():
            response = self._edited(request, response)
        return respond(response, start_response)

    def _script_response(self) -> HttpResponse:
        media_type = ("content-type", "text/javascript; charset=utf-8")
        return HttpResponse(
            status=200, headers=(media_type, *_COMMON), body=self._script
        )

    def _stream(
        self, request: HttpRequest, start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if request.method not in ("GET", "HEAD"):
            refused = HttpResponse(status=405, headers=(("allow", "GET, HEAD"),))
            return respond(refused, start_response)
        if request.header("sec-fetch-site") in ("cross-site", "same-site"):
            return respond(HttpResponse(status=403, headers=()), start_response)
        headers = [("content-type", "text/event-stream"), *_COMMON]
        start_response("200 OK", [*headers, ("x-accel-buffering", "no")])
        since = parse_qs(request.query_string).get("since")
        return self._pages.listen(
            since[-1] if since else None,
            sees_source=is_unregistrable(bare_host(request.header("host") or "")),
        )

    def _edited(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        edited = with_script(request, response)
        self._tell(request, edited.why_not)
        return edited.response

    def _tell(self, request: HttpRequest, why_not: str) -> None:
        if why_not and why_not not in self._said:
            self._said |= {why_not}
            self._say(f'Live reload leaves "{request.path}" alone, because {why_not}.')


def _is_html(headers: Headers) -> bool:
    """Tell cheaply what most answers are not."""
    for name, value in headers:
        if name.lower() == "content-type":
            return "html" in value.lower()
    return False


def is_unregistrable(host: str) -> bool:
    """Tell whether no stranger can own the name, and let it lead here (DNS rebinding).

    Args:
        host: a name or an address, without port.
    """
    name = host.strip("[]").lower()
    if "." not in name or name.rpartition(".")[2] in _UNREGISTRABLE:
        return bool(name)
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
