"""Werkzeug's WSGI request handler, on kept HTTP/1.1 connections.

What Werkzeug's development handler leaves out is put around it: a request's head and
body are read strictly (`head`, `reading`; Python's own `http.server` folds lines and
takes two lengths), a connection serves one request after another, and an answer leaves
in one write. The environ is Werkzeug's, with the raw request beside it.
"""

import contextlib
import io
import socket
import ssl
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from http import HTTPStatus
from http.client import HTTPMessage
from socketserver import BaseServer
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from werkzeug.serving import WSGIRequestHandler

from sandbox.clock import Clock
from sandbox.http1.answer import AnswerWriter, SendError, Start
from sandbox.http1.head import BadRequestError, RequestHead
from sandbox.http1.reading import (
    SEND_SECONDS,
    BodyStream,
    ClientGoneError,
    SocketReader,
    limit_sending,
)
from sandbox.http1.upgrade import UPGRADE, Wire

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_MAX_DRAIN_BYTES = 64 * 1024
_SHORT_BODY_BYTES = 16 * 1024
_LINGER_BYTES = 64 * 1024 * 1024
_LINGER_SECONDS = 2.0
_NAMES_REMEMBERED = 1024
_UNPREFIXED = ("CONTENT_TYPE", "CONTENT_LENGTH")


class KeptConnectionServer(BaseServer):
    """What Werkzeug's request handler asks of its server, on a socket of the owner's.

    The owner accepts connections in threads of its own, and hands each one to
    `finish_request`, which returns at the connection's end. Werkzeug's own server would
    look up its version among the installed packages first, 10 ms a server.

    Args:
        address: where the owner listens.
        app: called from several threads at a time.
        clock: measures time limits.
        ssl_context: set where accepted sockets speak TLS; the owner does the handshake.
    """

    multithread = True
    multiprocess = False

    def __init__(
        self,
        address: tuple[str, int],
        app: "WSGIApplication",
        *,
        clock: Clock,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(address, Connection)
        self.app = app
        self.ssl_context = ssl_context
        self.clock = clock
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._connections: set[Connection] = set()

    def add(self, connection: "Connection") -> None:
        """Take note of an open connection."""
        with self._lock:
            self._connections.add(connection)

    def discard(self, connection: "Connection") -> None:
        """Forget a connection that has ended."""
        with self._lock:
            self._connections.discard(connection)

    def cut_connections(self, *, only_idle: bool) -> None:
        """End connections from another thread: what waits on their sockets wakes up."""
        with self._lock:
            connections = tuple(self._connections)
        for connection in connections:
            if not (only_idle and connection.is_busy):
                connection.cut()


class Connection(WSGIRequestHandler):
    """One accepted socket, which it owns and closes; made, it serves to the end."""

    server: KeptConnectionServer  # type: ignore[assignment]
    server_version = "arc-sandbox"

    def setup(self) -> None:
        """Get ready to read; the first step that `socketserver` takes."""
        self.connection = self.request
        self._reader = SocketReader(self.connection, self.server.clock)
        self._writer = AnswerWriter(self.connection, self.server.clock)
        self._known_head: RequestHead | None = None
        self._environ: WSGIEnvironment = {}
        """What was made of that head; each request has a copy."""
        self._speak: Callable[[Wire], None] | None = None
        """What has taken the connection over."""
        self.is_busy = False
        """True from a request's head to the end of its answer."""
        self.server.add(self)

    def handle(self) -> None:
        """Answer requests until the client or the server ends the connection."""
        with contextlib.suppress(OSError):  # the client went; nobody is left to tell
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            limit_sending(self.connection, SEND_SECONDS)
            while self._serve_one() and not self.server.closing.is_set():
                pass

    def finish(self) -> None:
        """Close the socket; the last step that `socketserver` takes."""
        self.server.discard(self)
        self.connection.close()

    def cut(self) -> None:
        """End it from another thread: what waits on the socket wakes up."""
        with contextlib.suppress(OSError):  # it may have ended by itself
            self.connection.shutdown(socket.SHUT_RDWR)

    def _serve_one(self) -> bool:
        self.is_busy = False
        try:
            head = self._reader.read_head()
            if head is None:
                return False
            self.is_busy = True
            return self._answer(head)
        except BadRequestError as refused:
            self._refuse(refused)
            return False

    def _answer(self, head: RequestHead) -> bool:
        stream = self._body_of(head)
        body = stream if isinstance(stream, BodyStream) else None
        environ = self._environ_of(head, stream)
        start = Start()
        pieces: Iterable[bytes] | None = None
        try:
            pieces = self.server.app(environ, start)
            if self._speak is not None:
                self._hand_over(self._speak)
                return False
            keeps_alive = self._send(head, start, pieces, body)
        except BadRequestError:
            if start.is_sent:
                return False
            raise
        except (ClientGoneError, SendError):
            raise
        except Exception:  # noqa: BLE001 - a server outlives any bug of its application
            self._tell_bug(start)
            keeps_alive = False
        finally:
            if hasattr(pieces, "close"):
                pieces.close()  # type: ignore[union-attr]
        return self._finish(body, keeps_alive=keeps_alive)

    def _take_over(self, speak: Callable[[Wire], None]) -> list[bytes]:
        self._speak = speak
        return []

    def _hand_over(self, speak: Callable[[Wire], None]) -> None:
        """Have `speak` use the connection to its end; its last word is not lost."""
        self.is_busy = False
        try:
            speak(Wire(self.connection, self._reader.take_early()))
        except Exception:  # noqa: BLE001 - as above, and nobody speaks HTTP any more
            traceback.print_exc(file=sys.stderr)
        with contextlib.suppress(OSError):  # the client went, or stays for ever
            self.connection.settimeout(None)  # the wire had its own
            self._linger()

    def _tell_bug(self, start: Start) -> None:
        traceback.print_exc(file=sys.stderr)
        if not start.is_sent:
            self._writer.send_error(
                HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error"
            )

    def _body_of(self, head: RequestHead) -> BodyStream | io.BytesIO:
        """Give a short body whole, and of any other what is to be read.

        Most clients send one right behind its head.
        """
        is_short = head.content_length <= _SHORT_BODY_BYTES and not head.is_chunked
        if is_short and not head.expects_continue:
            return io.BytesIO(self._reader.read_all(head.content_length))

        def start() -> None:
            if head.expects_continue:
                self._writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")

        return BodyStream(self._reader, head, start)

    def _finish(self, body: BodyStream | None, *, keeps_alive: bool) -> bool:
        if body is None or not body.unread_bytes:
            return keeps_alive
        if keeps_alive:
            while body.unread_bytes and body.read(_MAX_DRAIN_BYTES):
                pass
            return True
        self._linger()
        return False

    def _linger(self) -> None:
        self.connection.shutdown(socket.SHUT_WR)
        self._reader.discard_until_closed(
            limit_bytes=_LINGER_BYTES, seconds=_LINGER_SECONDS
        )

    def _refuse(self, refused: BadRequestError) -> None:
        self._writer.send_error(refused.status, refused.reason)
        self._linger()

    def _send(
        self,
        head: RequestHead,
        start: Start,
        pieces: Iterable[bytes],
        body: BodyStream | None,
    ) -> bool:
        keeps_alive = (
            head.keeps_alive
            and not self.server.closing.is_set()
            and (body is None or self._can_drain(head, body))
        )
        if isinstance(pieces, list | tuple):
            self._writer.send_whole(
                head, start, b"".join(pieces), keeps_alive=keeps_alive
            )
            return keeps_alive
        return self._writer.send_pieces(head, start, pieces, keeps_alive=keeps_alive)

    @staticmethod
    def _can_drain(head: RequestHead, body: BodyStream) -> bool:
        return not body.unread_bytes or (
            body.unread_bytes <= _MAX_DRAIN_BYTES and not head.expects_continue
        )

    def _environ_of(
        self, head: RequestHead, body: BodyStream | io.BytesIO
    ) -> "WSGIEnvironment":
        """Give an environ of the request's own; what equal heads share is made once."""
        if head is not self._known_head:
            self._environ = self._environ_without_body(head)
            self._known_head = head
        environ = self._environ.copy()
        environ[UPGRADE] = self._take_over  # anew, so that no cycle outlives a request
        environ["wsgi.input"] = (
            body if isinstance(body, io.BytesIO) else io.BufferedReader(body)
        )
        return environ

    def _environ_without_body(self, head: RequestHead) -> "WSGIEnvironment":
        """Give Werkzeug's environ, and what PEP 3333 cannot say.

        `REQUEST_URI` is the target as sent. `arc.headers` is the header lines in
        order, repeated names kept.
        """
        environ = self._connection_environ.copy()
        path, _, query = head.target.partition("?")
        environ["REQUEST_METHOD"] = head.method
        environ["SERVER_PROTOCOL"] = head.version
        environ["PATH_INFO"] = _unquote(path)
        environ["QUERY_STRING"] = query
        environ["REQUEST_URI"] = environ["RAW_URI"] = head.target
        if head.content_length or head.is_chunked:
            environ["wsgi.input_terminated"] = True
        environ["arc.headers"] = head.headers
        for name, value in head.headers:
            key = _environ_key(name)
            if key in environ and key not in _UNPREFIXED:
                # RFC 9113 section 8.2.3 for cookies; all else joins with a comma.
                value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
            if key:
                environ[key] = value
        return environ

    @cached_property
    def _connection_environ(self) -> "WSGIEnvironment":
        """Have Werkzeug say what is the same for all requests of a connection.

        Its `make_environ` takes as long as a warm handler; and it would split the
        target as a URL, and fail on `//[`.
        """
        self.command, self.request_version, self.path = "GET", "HTTP/1.1", "/"
        self.headers, self.rfile = HTTPMessage(), io.BufferedReader(io.BytesIO())
        return self.make_environ()


@lru_cache(_NAMES_REMEMBERED)
def _environ_key(name: str) -> str:
    """Give what the environ has a header under; "" for what it leaves out.

    A name with an underscore would pass for one with a hyphen.
    """
    if "_" in name:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in _UNPREFIXED else f"HTTP_{key}"


def _unquote(path: str) -> str:
    return unquote_to_bytes(path).decode("latin-1") if "%" in path else path
