"""Takes what a WSGI application answers, writes it to a socket with its framing.

An answer leaves in one write where its length is known: two small writes on a kept
connection wait 40 ms for each other (Nagle's algorithm against delayed ACK).
"""

import socket
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from types import TracebackType
from typing import TypeAlias

from sandbox.clock import Clock
from sandbox.http1.head import RequestHead, format_head, may_have_body

_OWN_HEADERS = frozenset(
    ("connection", "content-length", "date", "keep-alive", "transfer-encoding")
)

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
)


class SendError(ConnectionError):
    """The client does not take its answer."""


class Start:
    """What the application passes to `start_response`, and writes the old way."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.written: list[bytes] = []
        self.is_sent = False
        """True once the answer's first byte may be on its way."""

    def __call__(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: ExcInfo | None = None,
        /,
    ) -> Callable[[bytes], object]:
        """Be `start_response` (PEP 3333)."""
        if self.status and exc_info is None:
            raise RuntimeError("start_response was called twice")
        self.status, self.headers = status, headers
        return self.written.append

    def header(self, name: str) -> str | None:
        """Give the application's own header of that lower-case name, or None."""
        return next((v for k, v in self.headers if k.lower() == name), None)


class AnswerWriter:
    """Writes the answers of one connection; the socket is its owner's to close."""

    def __init__(self, connection: socket.socket, clock: Clock) -> None:
        self._socket = connection
        self._clock = clock

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            SendError: the client is gone, or takes nothing.
        """
        try:
            self._socket.sendall(data)
        except OSError as failure:
            raise SendError from failure

    def send_error(self, status: HTTPStatus, message: str) -> None:
        """Send the server's own answer, after which the connection ends."""
        body = f'{{"message":"{message}"}}'.encode()
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ]
        head = format_head(f"{status.value} {status.phrase}", headers)
        self.write(head + body)

    def send_whole(
        self, head: RequestHead, start: Start, body: bytes, *, keeps_alive: bool
    ) -> None:
        """Send an answer whose body is complete, in one write.

        To a HEAD an application may give the length of what it would send to a GET
        (RFC 9110 section 8.6).

        Raises:
            SendError: the client is gone.
            ValueError: a header of the application's would break the framing.
        """
        if start.written:
            body = b"".join(start.written) + body
        status = int(start.status[:3])
        headers = self._common_headers(start, keeps_alive=keeps_alive)
        if status not in (204, 304):
            known = start.header("content-length") if head.method == "HEAD" else None
            headers.append(("Content-Length", known or str(len(body))))
        raw = format_head(start.status, headers)
        start.is_sent = True
        self.write(raw + body if may_have_body(head.method, status) else raw)

    def send_pieces(
        self,
        head: RequestHead,
        start: Start,
        pieces: Iterable[bytes],
        *,
        keeps_alive: bool,
    ) -> bool:
        """Send pieces as they come; give whether the connection can be kept.

        They are framed by the application's length, else as chunks, else by the end
        of the connection. The head waits for the first piece, which may be empty.

        Raises:
            SendError: the client is gone.
            ValueError: a header of the application's would break the framing.
        """
        iterator = iter(pieces)
        first = next(iterator, b"")
        has_body = may_have_body(head.method, int(start.status[:3]))
        length = start.header("content-length")
        is_chunked = has_body and length is None and head.version == "HTTP/1.1"
        keeps_alive = keeps_alive and (is_chunked or not has_body or length is not None)
        headers = self._common_headers(start, keeps_alive=keeps_alive)
        if length is not None:
            headers.append(("Content-Length", length))
        elif is_chunked:
            headers.append(("Transfer-Encoding", "chunked"))
        prefix = format_head(start.status, headers)
        start.is_sent = True
        if not has_body:
            self.write(prefix)
            return keeps_alive
        frame = _as_chunk if is_chunked else bytes
        sent = len(first)
        self.write(prefix + b"".join(map(frame, (*start.written, first))))
        for piece in iterator:
            sent += len(piece)
            self.write(frame(piece))
        if is_chunked:
            self.write(b"0\r\n\r\n")
        return keeps_alive and (length is None or int(length) == sent)

    def _common_headers(
        self, start: Start, *, keeps_alive: bool
    ) -> list[tuple[str, str]]:
        headers = [h for h in start.headers if h[0].lower() not in _OWN_HEADERS]
        headers.append(("Date", _http_date(int(self._clock.now_epoch()))))
        if not keeps_alive:
            headers.append(("Connection", "close"))
        return headers


@lru_cache(1)
def _http_date(epoch: int) -> str:
    """Give the Date header's value (RFC 9110 section 6.6.1), once a second."""
    return formatdate(epoch, usegmt=True)


def _as_chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
