"""Takes one client's connection and a WSGI application, serves its requests in turn."""

import contextlib
import io
import socket
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from sandbox.clock import Clock
from sandbox.http1 import BadRequestError, RequestHead
from sandbox.request_stream import BodyStream, ClientGoneError, SocketReader
from sandbox.wsgi_answer import AnswerWriter, SendError, Start

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_MAX_DRAIN_BYTES = 64 * 1024
_LINGER_BYTES = 64 * 1024 * 1024
_LINGER_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What every request of a server shares."""

    app: "WSGIApplication"
    host: str
    port: int
    scheme: str
    clock: Clock
    is_closing: Callable[[], bool]


class Connection:
    """One accepted socket, which it owns and closes."""

    def __init__(
        self, accepted: socket.socket, address: tuple[str, int], facts: ServerFacts
    ) -> None:
        self._socket = accepted
        self._address = address
        self._facts = facts
        self._reader = SocketReader(accepted, facts.clock)
        self._writer = AnswerWriter(accepted)
        self.is_busy = False
        """True from a request's head to the end of its answer."""

    def serve(self) -> None:
        """Answer requests until the client or the server ends the connection."""
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while self._serve_one() and not self._facts.is_closing():
                pass
        except OSError:
            pass  # the client went; nobody is left to tell
        finally:
            self._socket.close()

    def cut(self) -> None:
        """End it from another thread: what waits on the socket wakes up."""
        with contextlib.suppress(OSError):  # it may have ended by itself
            self._socket.shutdown(socket.SHUT_RDWR)

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
        environ = self._make_environ(head, body)
        start = Start()
        pieces: Iterable[bytes] | None = None
        try:
            pieces = self._facts.app(environ, start)
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
        self._socket.shutdown(socket.SHUT_WR)
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
            and not self._facts.is_closing()
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

    def _make_environ(self, head: RequestHead, body: BodyStream) -> "WSGIEnvironment":
        """Give PEP 3333's environ, and what it cannot say: `arc.headers`.

        `REQUEST_URI` is the target as sent. `arc.headers` is the header lines in
        order, repeated names kept.
        """
        path, _, query = head.target.partition("?")
        has_body = body.unread_bytes > 0
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": head.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": _unquote(path),
            "QUERY_STRING": query,
            "REQUEST_URI": head.target,
            "RAW_URI": head.target,
            "REMOTE_ADDR": self._address[0],
            "REMOTE_PORT": self._address[1],
            "SERVER_NAME": self._facts.host,
            "SERVER_PORT": str(self._facts.port),
            "SERVER_PROTOCOL": head.version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self._facts.scheme,
            "wsgi.input": io.BufferedReader(body) if has_body else io.BytesIO(),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "arc.headers": head.headers,
        }
        _add_headers(environ, head.headers)
        return environ


def _add_headers(
    environ: "WSGIEnvironment", headers: tuple[tuple[str, str], ...]
) -> None:
    for name, value in headers:
        if "_" in name:
            continue  # it would pass for the name with a hyphen
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        separator = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value


def _unquote(path: str) -> str:
    return unquote_to_bytes(path).decode("latin-1") if "%" in path else path
