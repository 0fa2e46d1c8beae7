"""Exchanges for tests: small and whole."""

from sandbox.exchange import (
    Exchange,
    Execution,
    Headers,
    HttpRequest,
    HttpResponse,
    Match,
    Outcome,
)
from sandbox.project.model import Route
from tests.functions import function_of

FUNCTION = function_of()


def exchange_of(
    request_id: str,
    *,
    request_headers: Headers = (),
    response_headers: Headers = (),
    has_match: bool = True,
    notes: tuple[str, ...] = (),
) -> Exchange:
    """Give an exchange of GET /, answered by a function unless told otherwise."""
    route = Route(method="get", path="/", function=FUNCTION)
    return Exchange(
        request_id=request_id,
        started_epoch=0,
        request=HttpRequest(
            method="GET", path="/", query_string="", headers=request_headers
        ),
        response=HttpResponse(status=200, headers=response_headers),
        duration_ms=1,
        match=Match(route=route) if has_match else None,
        notes=notes,
    )


def answered(
    request: HttpRequest, *, status: int = 201, outcome: Outcome | None = None
) -> Exchange:
    """Give a request that was answered."""
    return Exchange(
        request_id="r",
        started_epoch=0.0,
        request=request,
        response=HttpResponse(status=status, headers=()),
        duration_ms=1.0,
        execution=None if outcome is None else Execution(outcome=outcome),
    )


def sent(
    method: str = "GET",
    target: str = "/",
    *headers: tuple[str, str],
    body: bytes = b"",
) -> HttpRequest:
    """Give a request as a browser sends it."""
    path, _, query = target.partition("?")
    return HttpRequest(
        method=method,
        path=path,
        query_string=query,
        headers=(("user-agent", "Firefox"), ("accept", "*/*"), *headers),
        body=body,
    )
