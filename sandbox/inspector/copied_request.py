"""One request → what another client has to be told to send it again."""

from sandbox.exchange import Headers, HttpRequest

_OF_THE_CONNECTION = frozenset(
    {
        *("host", "connection", "content-length", "accept-encoding"),
        *("transfer-encoding", "expect", "te", "upgrade"),
    }
)
"""Headers that any client makes by itself, or that no function is given."""
_OF_THE_BROWSER = ("sec-", "upgrade-insecure-requests", "dnt", "priority")


def target_of(request: HttpRequest) -> str:
    """Give path and query as they were sent."""
    query = f"?{request.query_string}" if request.query_string else ""
    return f"{request.path}{query}"


def headers_of(request: HttpRequest) -> Headers:
    """Give the headers that are the app's business; Latin-1, a character a byte."""
    return tuple(
        (name, value)
        for name, value in request.headers
        if name.lower() not in _OF_THE_CONNECTION
        and not name.lower().startswith(_OF_THE_BROWSER)
    )
