"""WebSocket: a test's connection to the @ws of its app, over a real socket."""

import contextlib
import json
import socket
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)
from wsproto.frame_protocol import CloseReason

_RECEIVE_BYTES = 64 * 1024


class WebSocketRefusedError(Exception):
    """The app did not take the connection.

    Attributes:
        status: of the answer, such as 401.
        body: of the answer, in which API Gateway says why.
    """

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"the connection was refused with {status}: {body}")
        self.status = status
        self.body = body


class WebSocketClosedError(Exception):
    """The connection has ended.

    Attributes:
        code: of RFC 6455 section 7.4: 1000 for a normal end, 1001 for an idle one.
        reason: what was said of it.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"the connection was closed with {code} {reason}".rstrip())
        self.code = code
        self.reason = reason


class WebSocket:
    """An open connection; a context manager, which closes it.

    Args:
        url: such as `http://localhost:3333/`; the path and the query are sent.
        headers: sent with the handshake.
        subprotocols: offered, the favourite first.
        timeout: how long each answer may take, in seconds.
        check: called after each answer, and where none comes; may raise.

    Attributes:
        subprotocol: the one that the app chose, or None.

    Raises:
        WebSocketRefusedError: `$connect` refuses, or the app has no @ws.
        WebSocketClosedError: it ended before it answered.
        TimeoutError: it did not answer.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        subprotocols: Iterable[str] = (),
        timeout: float = 5.0,
        check: Callable[[], None],
    ) -> None:
        parts = urlsplit(url)
        address = (parts.hostname or "localhost", parts.port or 80)
        self._timeout = timeout
        self._check = check
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._messages: deque[str | bytes | bytearray] = deque()
        self._parts: list[Any] = []
        """Those of a message that is incomplete: text or bytes."""
        self._closed: WebSocketClosedError | None = None
        self._socket = socket.create_connection(address, timeout)
        try:
            if parts.scheme == "https":
                self._socket = _unverified().wrap_socket(self._socket)
            self.subprotocol = self._shake_hands(
                Request(
                    host=parts.netloc,
                    target=f"{parts.path or '/'}?{parts.query}".rstrip("?"),
                    extra_headers=[
                        (name.encode("latin-1"), value.encode("latin-1"))
                        for name, value in headers.items()
                    ],
                    subprotocols=list(subprotocols),
                )
            )
        except BaseException:
            self._socket.close()
            raise

    def send(self, message: Any) -> None:
        """Send a message: text as it is, bytes as binary, anything else as JSON.

        Raises:
            WebSocketClosedError: the connection has ended.
        """
        if self._closed is not None:
            raise self._closed
        event: Event
        if isinstance(message, bytes):
            event = BytesMessage(data=message)
        else:
            text = message if isinstance(message, str) else json.dumps(message)
            event = TextMessage(data=text)
        try:
            self._send(event)
        except ConnectionError:  # it ended meanwhile; how, is still to be read
            while True:
                self._receive(self._timeout)

    def receive(self, timeout: float | None = None) -> Any:
        """Give the next message: what its JSON says, else its text, or its bytes.

        Args:
            timeout: in seconds, where it is not that of the connection.

        Raises:
            HandlerFailedError: a handler failed, and no `expect_failure` is open.
            TimeoutError: none came in time.
            WebSocketClosedError: the connection ended before.
        """
        __tracebackhide__ = True
        try:
            while not self._messages:
                self._receive(self._timeout if timeout is None else timeout)
        finally:
            self._check()
        message = self._messages.popleft()
        if not isinstance(message, str):
            return bytes(message)
        try:
            return json.loads(message)
        except ValueError:
            return message

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection; returns once the app was told, by `$disconnect`."""
        if self._closed is None:
            self._closed = WebSocketClosedError(code, reason)
            with contextlib.suppress(OSError):
                self._send(CloseConnection(code=code, reason=reason))
        with contextlib.suppress(OSError):
            self._socket.settimeout(self._timeout)
            while self._socket.recv(_RECEIVE_BYTES):
                pass
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _shake_hands(self, request: Request) -> str | None:
        self._send(request)
        status, body = 0, b""
        while True:
            for event in self._events():
                if isinstance(event, AcceptConnection):
                    return event.subprotocol
                if isinstance(event, RejectConnection):
                    status = event.status_code
                if isinstance(event, RejectData):
                    body += event.data
                    if event.body_finished:
                        raise WebSocketRefusedError(status, body.decode())

    def _receive(self, seconds: float) -> None:
        if self._closed is not None:
            raise self._closed
        self._socket.settimeout(seconds)
        for event in self._events():
            match event:
                case Ping():
                    self._answer(event)
                case CloseConnection():
                    self._closed = WebSocketClosedError(event.code, event.reason or "")
                    if self._protocol.state is ConnectionState.REMOTE_CLOSING:
                        self._answer(event)
                case TextMessage() | BytesMessage():
                    self._take(event)

    def _take(self, part: TextMessage | BytesMessage) -> None:
        self._parts.append(part.data)
        if part.message_finished:
            self._messages.append(part.data[:0].join(self._parts))
            self._parts.clear()

    def _events(self) -> Iterator[Event]:
        """Give what has come already, as with the welcome; else wait for more."""
        known = tuple(self._protocol.events())
        yield from known or self._next_events()

    def _next_events(self) -> Iterator[Event]:
        try:
            data = self._socket.recv(_RECEIVE_BYTES)
        except TimeoutError:
            seconds = self._socket.gettimeout()
            raise TimeoutError(f"nothing came in {seconds:g} seconds") from None
        except ConnectionError:
            data = b""
        if not data and self._protocol.connection is None:
            raise WebSocketClosedError(CloseReason.ABNORMAL_CLOSURE, "")
        self._protocol.receive_data(data or None)
        yield from self._protocol.events()

    def _answer(self, event: Ping | CloseConnection) -> None:
        with contextlib.suppress(OSError):  # it went, which is read next
            self._send(event.response())

    def _send(self, event: Event) -> None:
        self._socket.sendall(self._protocol.send(event))


def _unverified() -> ssl.SSLContext:
    """Speak TLS with the app, whose certificate no authority has signed."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
