"""The WSGI application at the internal port: guards it, and mounts what is behind.

Runtime helpers' services answer below `/_arc/`, the JSON API below `/api/`, and the
pages everywhere else. API and pages are made when they are first asked for, as what
they need takes a while to import.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from sandbox.errors import SandboxError
from sandbox.inspector.endpoints import Directory, Found
from sandbox.inspector.messages import ApiError, ApiRequest, DocumentAnswer
from sandbox.inspector.security import (
    SAFE_METHODS,
    TOKEN_COOKIE,
    TOKEN_QUERY,
    Caller,
    Policy,
    is_signing_in,
    refuse,
)
from sandbox.inspector.wsgi import (
    raw_path,
    read_body,
    read_caller,
    read_query,
    respond,
    respond_error,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


API_PREFIX = "/api/"


class Pages(Protocol):
    """What answers people: `pages.site.Site`."""

    def answer(
        self, method: str, raw_path: str, query: Mapping[str, str]
    ) -> DocumentAnswer:
        """Give a page, whatever is asked for."""
        ...


class Inspector:
    """Answers at the internal port. Safe to call from several threads.

    Args:
        services: answers runtime helpers below `/_arc/`.
        make_directory: gives the API's endpoints; called at the first request.
        make_pages: gives the pages that show an API; called at the first of them.
        policy: who may come in.
        on_change: called after the API has changed something.
    """

    def __init__(
        self,
        *,
        services: "WSGIApplication",
        make_directory: Callable[[], Directory],
        make_pages: Callable[[Directory], Pages],
        policy: Policy,
        on_change: Callable[[], None],
    ) -> None:
        self._services = services
        self._make_directory = make_directory
        self._make_pages = make_pages
        self._policy = policy
        self._on_change = on_change
        self._lock = threading.Lock()
        self._directory: Directory | None = None
        self._pages: Pages | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        caller = read_caller(environ)
        refusal = refuse(caller, self._policy)
        if refusal is not None:
            error = ApiError(refusal.status, refusal.message, remedy=refusal.remedy)
            return respond_error(error, start_response)
        if caller.is_service:
            return self._services(environ, start_response)
        if is_signing_in(caller, self._policy):
            return _sign_in(caller, start_response)
        if not caller.path.startswith(API_PREFIX):
            page = self._site().answer(
                caller.method, raw_path(environ), read_query(environ)
            )
            return respond(page, start_response)
        return self._answer(caller, environ, start_response)

    def _answer(
        self,
        caller: Caller,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        try:
            found = self._endpoints().find(caller.method, raw_path(environ))
            answer = found.endpoint.answer(_read_request(found, caller, environ))
        except ApiError as error:
            return respond_error(error, start_response)
        except SandboxError as error:
            # The app cannot be understood as it stands: true until it is mended.
            told = ApiError(409, error.message, remedy=error.remedy)
            return respond_error(told, start_response)
        if found.endpoint.method not in SAFE_METHODS:
            self._on_change()
        return respond(answer, start_response)

    def _endpoints(self) -> Directory:
        with self._lock:
            if self._directory is None:
                self._directory = self._make_directory()
            return self._directory

    def _site(self) -> Pages:
        directory = self._endpoints()
        with self._lock:
            if self._pages is None:
                self._pages = self._make_pages(directory)
            return self._pages


def _read_request(
    found: Found, caller: Caller, environ: "WSGIEnvironment"
) -> ApiRequest:
    known = {parameter.name for parameter in found.endpoint.query}
    query = read_query(environ)
    query.pop(TOKEN_QUERY, None)
    unknown = sorted(set(query) - known)
    if unknown:
        raise ApiError(
            400,
            f'There is no parameter "{unknown[0]}" here.',
            remedy=f"Use one of: {', '.join(sorted(known))}." if known else "",
        )
    takes_body = caller.method not in SAFE_METHODS
    return ApiRequest(
        path=found.path,
        query=query,
        body=read_body(environ) if takes_body else {},
        may_reveal=caller.has_custom_header,
        host=caller.host_name,
    )


def _sign_in(caller: Caller, start_response: "StartResponse") -> list[bytes]:
    """Keep the token in a cookie, and take it out of the address bar."""
    cookie = f"{TOKEN_COOKIE}={caller.query_token}; Path=/; HttpOnly; SameSite=Strict"
    # A path that begins with two slashes would name another host.
    location = "/" + caller.path.lstrip("/\\")
    start_response(
        "303 See Other",
        [
            ("Location", location),
            ("Set-Cookie", cookie),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("Content-Length", "0"),
        ],
    )
    return [b""]
