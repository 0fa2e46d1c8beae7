"""Takes a request, says what of its line and headers comes to nothing on AWS. Pure.

HTTP and REST APIs alike take 10,240 bytes of request line and header values (API
Gateway developer guide, "Quotas for configuring and running" of each); this is only
told, for browsers send to `localhost` the cookies of every app that was ever there.
Neither changes to another protocol.
"""

from sandbox.exchange import HttpRequest

MAX_HEAD_BYTES = 10_240
_LINE_BLANKS = 2
_NO_WEBSOCKET = (
    "A WebSocket was asked for, and the app has none: a line @ws in its manifest, and "
    "`arc-sandbox init`, make one."
)


def head_notes(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Give for each such thing what it is about, and a sentence.

    Args:
        request: as it came to an API that knows no WebSocket.
    """
    line = len(request.method) + len(request.path) + len(request.protocol)
    line += _LINE_BLANKS
    if request.query_string:
        line += len("?") + len(request.query_string)
    cookies = others = 0
    notes: tuple[tuple[str, str], ...] = ()
    for name, value in request.headers:
        lowered = name.lower()
        if lowered == "cookie":
            cookies += len(value)
        else:
            others += len(value)
            if lowered == "upgrade" and value.lower() == "websocket":
                notes = (("WebSockets", _NO_WEBSOCKET),)
    whole = line + cookies + others
    if whole <= MAX_HEAD_BYTES:
        return notes
    text = (
        f"API Gateway takes {MAX_HEAD_BYTES:,} bytes of request line and header "
        f"values, and would refuse this: it has {whole:,}, {cookies:,} of them cookies."
    )
    return (*notes, ("long heads", text))
