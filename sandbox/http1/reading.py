"""Takes a client's socket, gives request heads and bodies, within size and time.

A long body is read as far as the application asks; what it leaves is `unread_bytes`.
"""

import io
import socket
import ssl
import struct
from collections.abc import Callable
from http import HTTPStatus

from sandbox.clock import Clock
from sandbox.http1.head import (
    MAX_HEAD_BYTES,
    BadRequestError,
    RequestHead,
    parse_chunk_size,
    parse_head,
)

IDLE_SECONDS = 75.0
"""How long a connection may stay open between two requests."""
HEAD_SECONDS = 10.0
"""How long a client may take from the first byte of a head to its last."""
STALL_SECONDS = 20.0
"""How long a client may pause inside a body."""
SEND_SECONDS = 75.0
"""How long a client may leave an answer untaken."""

_RECEIVE_BYTES = 16 * 1024
_MAX_CHUNK_LINE_BYTES = 4096
_UNKNOWN_LENGTH = 1 << 62
_END_OF_HEAD = b"\r\n\r\n"


class ClientGoneError(ConnectionError):
    """The client closed its connection inside a request's body."""


def limit_receiving(connection: socket.socket, seconds: float) -> None:
    """Have reads wait so long at most; they end with BlockingIOError or TimeoutError.

    The system keeps the limit of a plain socket, which stays a blocking one: Python's
    own would poll before each read and each write, and let go of the interpreter lock
    for that.
    """
    if isinstance(connection, ssl.SSLSocket):
        connection.settimeout(seconds)
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _timeval(seconds))


def limit_sending(connection: socket.socket, seconds: float) -> None:
    """Have writes wait so long at most; one socket option, as for `limit_receiving`.

    TLS has one limit for both directions, which `limit_receiving` sets.
    """
    if not isinstance(connection, ssl.SSLSocket):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(seconds))


def _timeval(seconds: float) -> bytes:
    whole = int(seconds)
    return struct.pack("@ll", whole, int((seconds - whole) * 1_000_000))


class SocketReader:
    """A socket's incoming bytes, with what came too early kept for the next read."""

    def __init__(self, connection: socket.socket, clock: Clock) -> None:
        self._socket = connection
        self._clock = clock
        self._buffer = b""
        self._limit_seconds: float | None = None

    def read_head(self) -> RequestHead | None:
        """Wait for a request head; None where the client went, or said nothing.

        Raises:
            BadRequestError: it is malformed, too large or too slow.
        """
        if not self._buffer:
            self._wait_at_most(IDLE_SECONDS)
            try:
                if not self._receive():
                    return None
            except TimeoutError:
                return None
        raw = self._take_head() or self._await_head()
        return None if raw is None else parse_head(raw)

    def take_early(self) -> bytes:
        """Give what has come after the last request that was read."""
        early, self._buffer = self._buffer, b""
        return early

    def read_all(self, size: int) -> bytes:
        """Give exactly so many bytes; raises as `read_some`."""
        while len(self._buffer) < size:
            self._await_more()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def read_some(self, limit: int) -> bytes:
        """Give at least one and at most `limit` bytes.

        Raises:
            BadRequestError: the client paused longer than `STALL_SECONDS`.
            ClientGoneError: it went before sending them.
        """
        if not self._buffer:
            self._await_more()
        taken, self._buffer = self._buffer[:limit], self._buffer[limit:]
        return taken

    def read_line(self) -> bytes:
        """Give a line of a chunked body, its end included.

        Raises:
            BadRequestError: it is longer than a chunk's head may be, or too slow.
            ClientGoneError: the client went before ending it.
        """
        line = bytearray()
        while not line.endswith(b"\n"):
            if len(line) > _MAX_CHUNK_LINE_BYTES:
                raise BadRequestError(
                    HTTPStatus.BAD_REQUEST, "The chunked body is malformed."
                )
            if not self._buffer:
                self._await_more()
            found = self._buffer.find(b"\n") + 1
            line += self.read_some(found or _MAX_CHUNK_LINE_BYTES)
        return bytes(line)

    def discard_until_closed(self, *, limit_bytes: int, seconds: float) -> None:
        """Swallow what still comes, so that closing does not reset the connection.

        A socket closed with unread bytes sends a reset, and a client that is still
        sending would lose the answer (RFC 9112 section 9.6).
        """
        deadline = self._clock.monotonic() + seconds
        swallowed = 0
        while swallowed < limit_bytes:
            self._buffer = b""
            self._wait_at_most(max(0.001, deadline - self._clock.monotonic()))
            if not self._receive():
                return
            swallowed += len(self._buffer)

    def _await_more(self) -> None:
        try:
            # macOS refuses a limit as well once the connection is over.
            self._wait_at_most(STALL_SECONDS)
            has_come = self._receive()
        except TimeoutError:
            raise BadRequestError(
                HTTPStatus.REQUEST_TIMEOUT, "The request's body took too long."
            ) from None
        except OSError as failure:
            raise ClientGoneError from failure
        if not has_come:
            raise ClientGoneError

    def _wait_at_most(self, seconds: float) -> None:
        """Set how long the next reads wait, where that is another than before."""
        if seconds != self._limit_seconds:
            limit_receiving(self._socket, seconds)
            self._limit_seconds = seconds

    def _receive(self) -> bool:
        try:
            received = self._socket.recv(_RECEIVE_BYTES)
        except BlockingIOError as late:  # what SO_RCVTIMEO ends with
            raise TimeoutError from late
        self._buffer = self._buffer + received if self._buffer else received
        return bool(received)

    def _take_head(self) -> bytes | None:
        """Take a head out of what has arrived; None while it is incomplete."""
        if self._buffer.startswith(b"\r\n"):  # RFC 9112 section 2.2
            self._buffer = self._buffer.lstrip(b"\r\n")
        raw, end, rest = self._buffer.partition(_END_OF_HEAD)
        if not end or len(raw) > MAX_HEAD_BYTES:
            return None
        self._buffer = rest
        return raw

    def _await_head(self) -> bytes | None:
        deadline = self._clock.monotonic() + HEAD_SECONDS
        while True:
            self._refuse_hopeless_head()
            if not self._receive_before(deadline):
                return None
            if raw := self._take_head():
                return raw

    def _refuse_hopeless_head(self) -> None:
        if len(self._buffer) > MAX_HEAD_BYTES:
            raise BadRequestError(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The request's head is too large.",
            )
        if b"\n\n" in self._buffer:
            raise BadRequestError(HTTPStatus.BAD_REQUEST, "Lines end in CR LF.")

    def _receive_before(self, deadline: float) -> bool:
        self._wait_at_most(max(0.001, deadline - self._clock.monotonic()))
        try:
            return self._receive()
        except TimeoutError:
            raise BadRequestError(
                HTTPStatus.REQUEST_TIMEOUT, "The request's head took too long."
            ) from None


class BodyStream(io.RawIOBase):
    """A request's body; `start` is called before its first byte is waited for."""

    def __init__(
        self, reader: SocketReader, head: RequestHead, start: Callable[[], None]
    ) -> None:
        super().__init__()
        self._reader = reader
        self._start: Callable[[], None] | None = start
        self._is_chunked = head.is_chunked
        self._chunk_left = 0
        self._has_ended = False
        self.unread_bytes = _UNKNOWN_LENGTH if head.is_chunked else head.content_length
        """What is left to read; a very large number where nobody can know."""

    def readable(self) -> bool:
        """Say that this is a stream to read from."""
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Fill `target` as far as bytes are there; 0 at the end of the body.

        Raises:
            BadRequestError: the body is malformed, or too slow.
            ClientGoneError: the client went.
        """
        if self._start is not None:
            self._start()
            self._start = None
        piece = (
            self._read_chunked(len(target))
            if self._is_chunked
            else self._read_known(len(target))
        )
        target[: len(piece)] = piece
        return len(piece)

    def _read_known(self, limit: int) -> bytes:
        if not self.unread_bytes:
            return b""
        piece = self._reader.read_some(min(limit, self.unread_bytes))
        self.unread_bytes -= len(piece)
        return piece

    def _read_chunked(self, limit: int) -> bytes:
        """chunked-body = *chunk last-chunk trailer-section CRLF."""
        if self._has_ended:
            return b""
        if not self._chunk_left:
            self._chunk_left = parse_chunk_size(self._reader.read_line())
            if not self._chunk_left:
                self._skip_trailers()
                return b""
        piece = self._reader.read_some(min(limit, self._chunk_left))
        self._chunk_left -= len(piece)
        if not self._chunk_left and self._reader.read_line() != b"\r\n":
            raise BadRequestError(
                HTTPStatus.BAD_REQUEST, "The chunked body is malformed."
            )
        return piece

    def _skip_trailers(self) -> None:
        skipped = 0
        while (line := self._reader.read_line()) != b"\r\n":
            skipped += len(line)
            if skipped > MAX_HEAD_BYTES:
                raise BadRequestError(
                    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "The request's trailers are too large.",
                )
        self._has_ended = True
        self.unread_bytes = 0
