"""Takes a request, says where its line and headers are more than API Gateway takes.

Pure. HTTP and REST APIs alike take 10,240 bytes of request line and header values (API
Gateway developer guide, "Quotas for configuring and running" of each); this is only
told, for browsers send to `localhost` the cookies of every app that was ever there.
"""

from sandbox.exchange import HttpRequest

MAX_HEAD_BYTES = 10_240
_LINE_BLANKS = 2


def too_long_head(request: HttpRequest) -> str | None:
    """Give a sentence about a request line and headers that AWS refuses, or None."""
    line = len(request.method) + len(request.path) + len(request.protocol)
    line += _LINE_BLANKS
    if request.query_string:
        line += len("?") + len(request.query_string)
    cookies = others = 0
    for name, value in request.headers:
        if name.lower() == "cookie":
            cookies += len(value)
        else:
            others += len(value)
    whole = line + cookies + others
    if whole <= MAX_HEAD_BYTES:
        return None
    return (
        f"API Gateway takes {MAX_HEAD_BYTES:,} bytes of request line and header "
        f"values, and would refuse this: it has {whole:,}, {cookies:,} of them cookies."
    )
