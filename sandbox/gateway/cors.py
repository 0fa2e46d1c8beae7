"""Takes a request from another origin, gives the CORS headers, where the app wants it.

Pure. Architect deploys HTTP APIs without a CORS configuration; API Gateway then adds
nothing: preflights are requests like others, for an `options` or `any` route if any
(API Gateway developer guide, "Configure CORS for HTTP APIs"). With `@sandbox cors true`
in the preferences, the sandbox answers preflights and lets any origin in, for a
front-end development server on another port. A header that a handler set stays.
"""

from dataclasses import replace

from sandbox.exchange import Headers, HttpRequest, HttpResponse

_METHODS = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"


def preflight(request: HttpRequest) -> HttpResponse | None:
    """Answer a preflight; None where `request` is none (Fetch standard, "CORS")."""
    origin = request.header("origin")
    wanted = request.header("access-control-request-method")
    if request.method != "OPTIONS" or origin is None or wanted is None:
        return None
    asked = request.header("access-control-request-headers")
    headers: Headers = (
        *_allowed(origin),
        ("access-control-allow-methods", _METHODS),
        ("access-control-max-age", "0"),
    )
    if asked:
        headers = (*headers, ("access-control-allow-headers", asked))
    return HttpResponse(status=204, headers=headers)


def let_origin_read(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Add what lets the request's origin read the response."""
    origin = request.header("origin")
    known = {name for name, _ in response.headers}
    if origin is None or "access-control-allow-origin" in known:
        return response
    added = tuple(pair for pair in _allowed(origin) if pair[0] not in known)
    return replace(response, headers=(*response.headers, *added))


def _allowed(origin: str) -> Headers:
    return (
        ("access-control-allow-origin", origin),
        ("access-control-allow-credentials", "true"),
        ("vary", "origin"),
    )
