"""A request's body, as PEP 3333 and `wsgi.input_terminated` let it be read."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, WSGIEnvironment

_READ_BYTES = 256 * 1024


def read_input(environ: "WSGIEnvironment", *, most_bytes: int) -> bytes | None:
    """Give a body, however it is framed; None where it is longer than `most_bytes`.

    What is too long is not read to its end; where it says so itself, not at all.
    """
    declared = environ.get("CONTENT_LENGTH") or ""
    size = int(declared) if declared.isdecimal() else 0
    if size > most_bytes:
        return None
    if environ.get("wsgi.input_terminated") and not size:
        size = most_bytes + 1
    body = _read_at_most(environ["wsgi.input"], size)
    return body if len(body) <= most_bytes else None


def _read_at_most(stream: "InputStream", size: int) -> bytes:
    """Read so much, or all that there is; a stream may give less than it is asked."""
    pieces = []
    while size > 0:
        piece = stream.read(min(size, _READ_BYTES))
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
