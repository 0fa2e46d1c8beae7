"""Exchanges for tests: small and whole."""

from pathlib import Path

from sandbox.exchange import Exchange, Headers, HttpRequest, HttpResponse, Match
from sandbox.project.model import Function, FunctionConfig, Route

FUNCTION = Function(
    name="get /",
    pragma="http",
    folder=Path("/app"),
    handler_file=Path("/app/index.py"),
    handler_method="handler",
    config=FunctionConfig(runtime="python3.12"),
)


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
