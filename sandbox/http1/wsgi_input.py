"""A request's body, as PEP 3333 and `wsgi.input_terminated` let it be read."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def read_input(environ: "WSGIEnvironment", *, most_bytes: int) -> bytes:
    """Give a body, however it is framed, and no more of it than `most_bytes`."""
    length = environ.get("CONTENT_LENGTH") or "0"
    size = int(length) if length.isdecimal() else 0
    if environ.get("wsgi.input_terminated") and not size:
        size = most_bytes
    body: bytes = environ["wsgi.input"].read(min(size, most_bytes))
    return body
