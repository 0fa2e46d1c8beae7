"""WebSocketConnection: one client's connection, from its handshake to its end.

The protocol (RFC 6455) is wsproto's. The limits are API Gateway's (developer guide,
"Quotas for configuring and running a WebSocket API"; "Binary media types for WebSocket
APIs"): a frame of 32 KB, a message of 128 KB, beyond which a connection is closed with
1009; a binary frame closes it with 1003.
"""

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import TypeAlias

from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Request,
    TextMessage,
)
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from sandbox.clock import Clock
from sandbox.exchange import HttpRequest, OpenConnection
from sandbox.http1.upgrade import Wire
from sandbox.websocket.events import (
    IDLE_SECONDS,
    LONGEST_SECONDS,
    MAX_MESSAGE_BYTES,
    Client,
    Closing,
)
from sandbox.websocket.transcript import Transcript

_MAX_FRAME_BYTES = 32 * 1024
_BINARY = Closing(code=1003, reason="Binary frames are not supported")
_LONG_FRAME = Closing(code=1009, reason="A frame is larger than 32 KB")
_LONG_MESSAGE = Closing(code=1009, reason="A message is larger than 128 KB")
_REASONS = MappingProxyType({1005: "Client-side close frame status not set"})
"""API Gateway's words where the client gives none."""
_LOOK_SECONDS = 1.0
_CLOSE_SECONDS = 2.0
"""How long a client may take to agree to a close."""
_STUCK_SECONDS = 0.2
_KEY = re.compile(r"[+/0-9A-Za-z]{22}==")
"""16 bytes in Base64."""
_OF_THE_HANDSHAKE = frozenset(
    (
        "host",
        "sec-websocket-key",
        "sec-websocket-protocol",
        "sec-websocket-version",
        "upgrade",
    )
)


Accepted: TypeAlias = tuple[WSConnection, bytes]
"""The protocol's state once a handshake is accepted, and the answer that says so."""


class HandshakeError(Exception):
    """A request that asks for a WebSocket, and not in the way of RFC 6455 section 4.2.

    Attributes:
        status: what it is answered with.
        headers: of that answer.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        hint = getattr(error, "event_hint", None)
        self.status: int = getattr(hint, "status_code", 400)
        self.headers = tuple(
            (name.decode("ascii"), value.decode("ascii"))
            for name, value in getattr(hint, "headers", ())
        )


class Handshake:
    """A client's wish for a WebSocket connection.

    Args:
        request: the head of its HTTP request.

    Attributes:
        subprotocols: those that it offers, its favourite first.

    Raises:
        HandshakeError: it is malformed.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._protocol = WSConnection(ConnectionType.SERVER)
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in request.headers
            if name.lower() in _OF_THE_HANDSHAKE
        ]
        # wsproto looks at the last line alone.
        connection = ", ".join(filter(None, _values_of("connection", request)))
        headers.append((b"connection", connection.encode("latin-1")))
        try:
            _check(request)
            self._protocol.initiate_upgrade_connection(headers, "/")
            asked = next(self._protocol.events())
        except (RemoteProtocolError, UnicodeError) as error:
            raise HandshakeError(error) from error
        assert isinstance(asked, Request)  # noqa: S101 - what a server is told first
        self.subprotocols = tuple(asked.subprotocols)

    def accept(self, subprotocol: str | None) -> Accepted:
        """Give the protocol's state, and the answer to send.

        Args:
            subprotocol: one of those offered, or None.
        """
        answer = self._protocol.send(AcceptConnection(subprotocol=subprotocol))
        return self._protocol, answer


def _check(request: HttpRequest) -> None:
    """Refuse what RFC 6455 section 4.2.1 does, and wsproto is not told or lets pass.

    A body that nobody reads would be taken for frames.

    Raises:
        RemoteProtocolError: says which rule was broken.
    """
    keys = _values_of("sec-websocket-key", request)
    length = request.header("content-length") or "0"
    if request.method != "GET":
        raise RemoteProtocolError("A handshake is a GET request")
    if request.header("transfer-encoding") or int(length):
        raise RemoteProtocolError("A handshake has no body")
    if len(keys) > 1 or not all(map(_KEY.fullmatch, keys)):
        raise RemoteProtocolError("Sec-WebSocket-Key is 16 bytes in Base64, once")


def _values_of(name: str, request: HttpRequest) -> list[str]:
    return [value for known, value in request.headers if known.lower() == name]


class WebSocketConnection:
    """A connection that is open, on a wire of its own. Safe between threads.

    Args:
        client: who is connected.
        wire: where to.
        accepted: what its handshake was accepted with.
        clock: the sandbox's time.
        on_passed: called after each message, from the thread that sent or read it.

    Attributes:
        last_active_epoch: when something was last sent or received, in seconds since
            1970 on the sandbox's clock.
    """

    def __init__(
        self,
        client: Client,
        wire: Wire,
        accepted: Accepted,
        *,
        clock: Clock,
        on_passed: Callable[[], None],
    ) -> None:
        self.client = client
        self.last_active_epoch = client.connected_epoch
        self._wire = wire
        self._protocol, self._answer = accepted
        self._clock = clock
        self._on_passed = on_passed
        self._transcript = Transcript()
        self._lock = threading.Lock()
        self._closing: Closing | None = None
        self._deadline = 0.0
        self._pieces: list[str] = []
        self._message_bytes = 0
        self._frame_bytes = 0

    def open(self, admit: Callable[[], None]) -> None:
        """Tell the client that it is connected; comes first.

        Args:
            admit: has others find this connection; what they send comes behind.
        """
        with self._lock:
            admit()
            with contextlib.suppress(OSError):  # it went, which `serve` will see
                self._wire.send(self._answer)

    def serve(self, on_message: Callable[[str], None]) -> Closing:
        """Speak with the client until the connection ends; give how that came.

        Args:
            on_message: given each message, in the thread that calls this.
        """
        while (closing := self._over) is None:
            data = self._wire.receive(_LOOK_SECONDS)
            if data is None:
                continue
            with self._lock:
                messages = tuple(self._take(data))
            for message in messages:
                self._on_passed()
                on_message(message)
        return closing

    def send(self, data: bytes) -> bool:
        """Send a message: text, or binary where it is not UTF-8.

        Gives whether somebody is there to take it.
        """
        message: Event
        try:
            message = TextMessage(data=data.decode())
        except UnicodeDecodeError:
            message = BytesMessage(data=data)
        with self._lock:
            self.last_active_epoch = self._clock.now_epoch()
            is_sent = self._send(message)
            if is_sent:
                self._transcript.note_sent(data, self.last_active_epoch)
        if is_sent:
            self._on_passed()
        return is_sent

    def close(self, closing: Closing) -> None:
        """Begin to close, unless that has begun; `serve` returns once it is done.

        A client that does not take what it is being sent is cut off.
        """
        if not self._lock.acquire(timeout=_STUCK_SECONDS):
            self._wire.cut()
            return
        try:
            self._close(closing)
        finally:
            self._lock.release()

    @property
    def ends_epoch(self) -> float:
        """When it is to be ended, as idle or as open for too long."""
        longest_epoch = self.client.connected_epoch + LONGEST_SECONDS
        return min(self.last_active_epoch + IDLE_SECONDS, longest_epoch)

    def seen(self) -> OpenConnection:
        """Give it as it is now; waits for nobody who is being sent something."""
        return OpenConnection(
            connection_id=self.client.connection_id,
            request=self.client.request,
            connected_epoch=self.client.connected_epoch,
            last_active_epoch=self.last_active_epoch,
            ends_epoch=self.ends_epoch,
            received=self._transcript.received,
            sent=self._transcript.sent,
            messages=self._transcript.last,
        )

    @property
    def _over(self) -> Closing | None:
        """How it ended, once it has; a client may be too slow to agree."""
        is_late = self._closing and self._clock.monotonic() >= self._deadline
        is_closed = self._protocol.state is ConnectionState.CLOSED
        return self._closing if is_closed or is_late else None

    def _take(self, data: bytes) -> Iterator[str]:
        """Take what was received; give the messages that are complete."""
        self.last_active_epoch = self._clock.now_epoch()
        self._protocol.receive_data(data or None)
        for event in self._protocol.events():
            match event:
                case Ping():
                    self._send(event.response())
                case CloseConnection():
                    self._end(event)
                case BytesMessage():
                    self._close(_BINARY)
                case TextMessage() if self._closing is None:
                    yield from self._take_text(event)

    def _take_text(self, event: TextMessage) -> Iterator[str]:
        size = len(event.data.encode())
        self._frame_bytes += size
        self._message_bytes += size
        if event.data:  # there may be any number of empty ones
            self._pieces.append(event.data)
        if self._frame_bytes > _MAX_FRAME_BYTES:
            self._close(_LONG_FRAME)
        elif self._message_bytes > MAX_MESSAGE_BYTES:
            self._close(_LONG_MESSAGE)
        elif event.message_finished:
            message = "".join(self._pieces)
            self._transcript.note_received(message, self.last_active_epoch)
            yield message
            self._pieces.clear()
            self._message_bytes = 0
        if event.frame_finished:
            self._frame_bytes = 0

    def _end(self, event: CloseConnection) -> None:
        """Note how the client ends it, or went, or what it did against the protocol."""
        reason = event.reason or _REASONS.get(event.code, "")
        closing = Closing(code=int(event.code), reason=reason)
        match self._protocol.state:
            case ConnectionState.OPEN | ConnectionState.LOCAL_CLOSING:
                # A malformed frame, behind which nothing can be read any more.
                self._close(closing)
                self._deadline = self._clock.monotonic()
            case ConnectionState.REMOTE_CLOSING:
                self._send(event.response())
        self._closing = self._closing or closing

    def _close(self, closing: Closing) -> None:
        if self._closing is None:
            self._closing = closing
            self._deadline = self._clock.monotonic() + _CLOSE_SECONDS
            self._send(CloseConnection(code=closing.code, reason=closing.reason))

    def _send(self, event: Event) -> bool:
        """Send, where the connection is open; give whether the client could be told."""
        try:
            self._wire.send(self._protocol.send(event))
        except LocalProtocolError:  # it is closing
            return False
        except OSError:  # the client went; whoever reads will see it
            self._wire.cut()
            return False
        return True
