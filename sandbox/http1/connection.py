"""Werkzeug's WSGI server and request handler, on kept HTTP/1.1 connections.

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
from http import HTTPStatus
from http.client import HTTPMessage
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from sandbox.clock import Clock
from sandbox.http1.answer import AnswerWriter, SendError, Start
from sandbox.http1.head import BadRequestError, RequestHead
from sandbox.http1.reading import BodyStream, ClientGoneError, SocketReader

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_MAX_DRAIN_BYTES = 64 * 1024
_LINGER_BYTES = 64 * 1024 * 1024
_LINGER_SECONDS = 2.0


class KeptConnectionServer(ThreadedWSGIServer):
    """Werkzeug's server on a socket that listens already.

    Its owner accepts connections in threads of its own, and hands each one to
    `finish_request`, which returns at the connection's end.

    Args:
        listener: is duplicated; stays the caller's to close.
        app: called from several threads at a time.
        clock: measures time limits.
        ssl_context: set where accepted sockets speak TLS; the owner does the handshake.
    """

    def __init__(
        self,
        listener: socket.socket,
        app: "WSGIApplication",
        *,
        clock: Clock,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(host, port, app, Connection, fd=listener.fileno())
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

    server: KeptConnectionServer

    def setup(self) -> None:
        """Get ready to read; the first step that `socketserver` takes."""
        self.connection = self.request
        self._reader = SocketReader(self.connection, self.server.clock)
        self._writer = AnswerWriter(self.connection)
        self.is_busy = False
        """True from a request's head to the end of its answer."""
        self.server.add(self)

    def handle(self) -> None:
        """Answer requests until the client or the server ends the connection."""
        with contextlib.suppress(OSError):  # the client went; nobody is left to tell
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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
        body = BodyStream(self._reader, head, self._body_starter(head))
        environ = self._environ_of(head, body)
        start = Start()
        pieces: Iterable[bytes] | None = None
        try:
            pieces = self.server.app(environ, start)
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

    def _tell_bug(self, start: Start) -> None:
        traceback.print_exc(file=sys.stderr)
        if not start.is_sent:
            self._writer.send_error(
                HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error"
            )

    def _body_starter(self, head: RequestHead) -> Callable[[], None]:
        def start() -> None:
            if head.expects_continue:
                self._writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")

        return start

    def _finish(self, body: BodyStream, *, keeps_alive: bool) -> bool:
        if not body.unread_bytes:
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
        body: BodyStream,
    ) -> bool:
        keeps_alive = (
            head.keeps_alive
            and not self.server.closing.is_set()
            and (not body.unread_bytes or self._can_drain(head, body))
        )
        if isinstance(pieces, list | tuple):
            self._writer.send_whole(
                head, start, b"".join(pieces), keeps_alive=keeps_alive
            )
            return keeps_alive
        return self._writer.send_pieces(head, start, pieces, keeps_alive=keeps_alive)

    @staticmethod
    def _can_drain(head: RequestHead, body: BodyStream) -> bool:
        return body.unread_bytes <= _MAX_DRAIN_BYTES and not head.expects_continue

    def _environ_of(self, head: RequestHead, body: BodyStream) -> "WSGIEnvironment":
        """Give Werkzeug's environ, and what PEP 3333 cannot say.

        `REQUEST_URI` is the target as sent. `arc.headers` is the header lines in
        order, repeated names kept.
        """
        self.command, self.request_version = head.method, head.version
        self.headers = HTTPMessage()
        for name, value in head.headers:
            self.headers[name] = value
        # Werkzeug would split the target as a URL, and fail on `//[`; a plain one
        # stands in for it, and the exact parts are laid over.
        self.path = "/"
        self.rfile = io.BufferedReader(body) if body.unread_bytes else io.BytesIO()
        environ = self.make_environ()
        path, _, query = head.target.partition("?")
        environ["PATH_INFO"] = _unquote(path)
        environ["QUERY_STRING"] = query
        environ["REQUEST_URI"] = environ["RAW_URI"] = head.target
        environ["wsgi.input"] = self.rfile
        environ["wsgi.input_terminated"] = True
        environ["arc.headers"] = head.headers
        cookies = self.headers.get_all("cookie", ())
        if len(cookies) > 1:  # RFC 9113 section 8.2.3; Werkzeug joins with a comma
            environ["HTTP_COOKIE"] = "; ".join(cookies)
        return environ


def _unquote(path: str) -> str:
    return unquote_to_bytes(path).decode("latin-1") if "%" in path else path
