"""One WebSocket connection, with wsproto's own client at the other end."""

import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Pong,
    Request,
    TextMessage,
)
from wsproto.frame_protocol import CloseReason

from sandbox.clock import ManualClock
from sandbox.exchange import Headers, HttpRequest
from sandbox.gateway.request_parts import ApiFacts
from sandbox.http1.upgrade import Wire
from sandbox.websocket.connection import (
    Handshake,
    HandshakeError,
    WebSocketConnection,
)
from sandbox.websocket.events import GOING_AWAY, Client, Closing

DEADLINE = 5.0
KILO = 1024
HANDSHAKE = (
    ("Host", "localhost"),
    ("Connection", "keep-alive, Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
)


def request_with(headers: Headers, *, without: str = "") -> HttpRequest:
    """Give a handshake, of which one header may be missing."""
    kept = tuple(h for h in HANDSHAKE if h[0] != without)
    return HttpRequest(
        method="GET", path="/", query_string="", headers=(*kept, *headers)
    )


class Peer:
    """The client of a connection that is served in a thread."""

    def __init__(self, ours: socket.socket, theirs: socket.socket) -> None:
        self.clock = ManualClock()
        self.socket = theirs
        self.messages: list[str] = []
        self.passed: list[int] = []
        """How many messages were kept when each passed."""
        self.has_message = threading.Event()
        self._protocol = WSConnection(ConnectionType.CLIENT)
        handshake_bytes = self._protocol.send(Request(host="localhost", target="/"))
        assert handshake_bytes
        lines = handshake_bytes.decode().split("\r\n")[1:-2]
        headers = tuple((n, v) for n, _, v in (line.partition(": ") for line in lines))
        request = HttpRequest(method="GET", path="/", query_string="", headers=headers)
        client = Client(
            connection_id="AAAA1234=",
            connected_epoch=self.clock.now_epoch(),
            request=request,
            facts=ApiFacts(account_id="1", api_id="a", domain_name="d", port=80),
            stage="testing",
        )
        accepted = Handshake(request).accept(None)
        self.connection = WebSocketConnection(
            client,
            Wire(ours),
            accepted,
            clock=self.clock,
            on_passed=lambda: self.passed.append(len(self.connection.seen().messages)),
        )
        self.connection.open(lambda: None)
        assert isinstance(self.next_event(), AcceptConnection)

    def take(self, message: str) -> None:
        """Be told of a message, as the API would."""
        self.messages.append(message)
        self.has_message.set()

    def send(self, event: Event) -> None:
        self.socket.sendall(self._protocol.send(event))

    def next_event(self) -> Event:
        """Give the next event from the other end."""
        while True:
            for event in self._protocol.events():
                return event
            self._protocol.receive_data(self.socket.recv(KILO * KILO) or None)

    def wait_message(self) -> str:
        assert self.has_message.wait(DEADLINE)
        self.has_message.clear()
        return self.messages[-1]


@pytest.fixture
def peer() -> Iterator[Peer]:
    """Give a client that is connected; nothing is read until it is served."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(DEADLINE)
    with ours, theirs:
        yield Peer(ours, theirs)


@pytest.fixture
def serving(peer: Peer) -> Iterator[Future[Closing]]:
    """Serve the client; give how that will end."""
    with ThreadPoolExecutor() as threads:
        yield threads.submit(peer.connection.serve, peer.take)
        peer.socket.close()


@pytest.mark.parametrize(
    ("headers", "without", "status"),
    [
        ((), "Sec-WebSocket-Key", 400),
        ((), "Connection", 400),
        ((), "Sec-WebSocket-Version", 400),
        ((("Sec-WebSocket-Version", "8"),), "Sec-WebSocket-Version", 426),
        ((("Sec-WebSocket-Protocol", "ü"),), "", 400),
        ((("Sec-WebSocket-Key", "c2hvcnQ="),), "Sec-WebSocket-Key", 400),
        ((("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),), "", 400),
        ((("Content-Length", "5"),), "", 400),
        ((("Transfer-Encoding", "chunked"),), "", 400),
    ],
    ids=[
        "no key",
        "no upgrade",
        "no version",
        "old version",
        "not ASCII",
        "short key",
        "two keys",
        "body",
        "chunks",
    ],
)
def test_a_malformed_handshake_is_refused(
    headers: Headers, without: str, status: int
) -> None:
    """RFC 6455 section 4.2; of another version the right one is told."""
    with pytest.raises(HandshakeError) as refused:
        Handshake(request_with(headers, without=without))

    assert refused.value.status == status
    is_of_version = without == "Sec-WebSocket-Version"
    told = (("Sec-WebSocket-Version", "13"),) if is_of_version else ()
    assert refused.value.headers == told


def test_no_extension_is_agreed_to() -> None:
    """Whatever is offered; the client does without (RFC 6455 section 9.1)."""
    offer = ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
    _, answer = Handshake(request_with((offer,))).accept(None)

    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"extensions" not in answer.lower()


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_a_handshake_is_a_get_request(method: str) -> None:
    """Whatever else asks for a WebSocket is refused (RFC 6455 section 4.2.1)."""
    with pytest.raises(HandshakeError, match="GET") as refused:
        Handshake(replace(request_with(()), method=method))

    assert refused.value.status == 400


@pytest.mark.parametrize(
    "headers",
    [
        (("Connection", "keep-alive"),),
        (("Connection", ""),),
        (("Content-Length", "0"),),
    ],
)
def test_a_handshake_may_say_more(headers: Headers) -> None:
    """Of Connection in a second line (RFC 9110 section 5.3), or that it has no body."""
    assert Handshake(request_with(headers)).subprotocols == ()


def test_a_handshake_offers_subprotocols() -> None:
    """In the order of the client, from one header or several."""
    offered = (("sec-websocket-protocol", "chat, v2"), ("Sec-WebSocket-Protocol", "x"))

    handshake = Handshake(request_with(offered))

    assert handshake.subprotocols == ("chat", "v2", "x")
    _protocol, answer = handshake.accept("v2")
    assert b"sec-websocket-protocol: v2" in answer.lower()


def test_messages_come_whole(peer: Peer, serving: Future[Closing]) -> None:
    """Of several frames, with another kind between them; and long ones in pieces."""
    peer.send(TextMessage(data="one, ", message_finished=False))
    peer.send(Ping(payload=b"?"))
    peer.send(TextMessage(data="two"))

    assert peer.next_event() == Pong(payload=b"?")
    assert peer.wait_message() == "one, two"
    for _ in range(3):
        peer.send(TextMessage(data="ü" * 16 * KILO, message_finished=False))
    peer.send(TextMessage(data="x" * 32 * KILO))
    assert peer.wait_message() == "ü" * 48 * KILO + "x" * 32 * KILO
    assert not serving.done()


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([TextMessage(data="x" * (32 * KILO + 1))], 1009),
        ([TextMessage(data="ü" * 16 * KILO + "x")], 1009),
        (
            [TextMessage(data="x" * 32 * KILO, message_finished=False)] * 4
            + [TextMessage(data="x")],
            1009,
        ),
        ([BytesMessage(data=b"x")], 1003),
    ],
    ids=["frame", "frame of umlauts", "message", "binary"],
)
def test_what_api_gateway_does_not_take_ends_the_connection(
    peer: Peer, serving: Future[Closing], events: list[Event], code: int
) -> None:
    """Frames of 32 KB, messages of 128 KB, and text alone: nothing is passed on."""
    for event in events:
        peer.send(event)
    closed = peer.next_event()
    assert isinstance(closed, CloseConnection)
    peer.send(closed.response())

    assert closed.code == code
    assert serving.result(DEADLINE).code == code
    assert peer.messages == []


@pytest.mark.parametrize(
    ("raw", "code"), [(b"\x81\x01x", 1002), (b"\x81\x81\x00\x00\x00\x00\xff", 1007)]
)
def test_a_malformed_frame_ends_the_connection_at_once(
    peer: Peer, serving: Future[Closing], raw: bytes, code: int
) -> None:
    """A client's frame without a mask, and text that is not UTF-8 (RFC 6455)."""
    peer.socket.sendall(raw)

    closed = peer.next_event()
    assert isinstance(closed, CloseConnection)
    assert closed.code == code
    assert serving.result(DEADLINE).code == code


def test_empty_frames_of_a_message_are_not_kept(
    peer: Peer, serving: Future[Closing]
) -> None:
    """Of which a client may send any number."""
    peer.send(TextMessage(data="x", message_finished=False))
    tracemalloc.start()
    try:
        for _ in range(30):
            peer.socket.sendall(b"\x00\x80\0\0\0\0" * 1000)
            peer.send(Ping())
            assert isinstance(peer.next_event(), Pong)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept < 100 * KILO
    peer.send(TextMessage(data="y"))
    assert peer.wait_message() == "xy"
    assert not serving.done()


def test_a_malformed_frame_ends_a_connection_that_is_closing(
    peer: Peer, serving: Future[Closing]
) -> None:
    """What follows cannot be read, and is not kept until the client is too late."""
    peer.send(BytesMessage(data=b"x"))
    assert isinstance(peer.next_event(), CloseConnection)

    peer.socket.sendall(b"\x83\x80\0\0\0\0")

    assert serving.result(DEADLINE).code == 1003


def test_what_is_said_once_the_end_has_begun_is_not_taken(
    peer: Peer, serving: Future[Closing]
) -> None:
    """No function is run for it, as its client is told of none."""
    peer.connection.close(GOING_AWAY)

    peer.send(TextMessage(data="late"))
    peer.send(CloseConnection(code=GOING_AWAY.code))

    assert serving.result(DEADLINE) == GOING_AWAY
    assert peer.messages == []


@pytest.mark.parametrize(
    ("closing", "told"),
    [
        (
            CloseConnection(code=CloseReason.NO_STATUS_RCVD),
            Closing(code=1005, reason="Client-side close frame status not set"),
        ),
        (CloseConnection(code=4000, reason="bye"), Closing(code=4000, reason="bye")),
        (CloseConnection(code=1000), Closing(code=1000, reason="")),
    ],
)
def test_a_client_s_end_is_agreed_to_and_told(
    peer: Peer, serving: Future[Closing], closing: CloseConnection, told: Closing
) -> None:
    """With its code, and its reason or API Gateway's word for none."""
    peer.send(closing)

    answer = peer.next_event()
    assert isinstance(answer, CloseConnection)
    assert answer.code == closing.code
    assert serving.result(DEADLINE) == told


def test_a_client_that_goes_without_a_word(
    peer: Peer, serving: Future[Closing]
) -> None:
    """RFC 6455 section 7.1.5 has a code for it."""
    peer.socket.close()

    assert serving.result(DEADLINE) == Closing(code=1006, reason="")


def test_closing_waits_for_the_client_but_not_for_ever(
    peer: Peer, serving: Future[Closing], wait_until: Callable[..., None]
) -> None:
    """Two seconds; then it has ended all the same, as the sandbox wanted."""
    peer.connection.close(GOING_AWAY)
    closed = peer.next_event()
    assert isinstance(closed, CloseConnection)
    assert (closed.code, closed.reason) == (1001, "Going away")
    assert peer.connection.send(b"too late") is False
    assert not serving.done()

    peer.clock.advance(2.1)

    assert serving.result(DEADLINE) == GOING_AWAY


def test_closing_does_not_wait_for_a_client_that_takes_nothing(
    peer: Peer, serving: Future[Closing], wait_until: Callable[..., None]
) -> None:
    """While somebody waits to send it more; both are spared that."""
    with ThreadPoolExecutor() as threads:
        sending = threads.submit(peer.connection.send, bytes(16 * KILO * KILO))
        wait_until(lambda: peer.socket.recv(1, socket.MSG_PEEK))
        threads.submit(peer.connection.close, GOING_AWAY).result(1)

        assert sending.result(1) is False
    assert serving.result(DEADLINE).code == 1006


def test_a_message_is_sent_as_text_or_as_it_is(
    peer: Peer, serving: Future[Closing]
) -> None:
    """Text where it is UTF-8; and it counts as activity, as what is received does."""
    peer.clock.advance(10)
    assert peer.connection.send("grüße".encode())
    assert peer.connection.last_active_epoch == peer.clock.now_epoch()
    assert peer.next_event() == TextMessage(data="grüße")
    assert peer.connection.send(b"\xff")
    assert peer.next_event() == BytesMessage(data=bytearray(b"\xff"))

    peer.clock.advance(10)
    peer.send(TextMessage(data="x"))
    peer.wait_message()
    assert peer.connection.last_active_epoch == peer.clock.now_epoch()
    assert not serving.done()


def test_sending_to_who_has_gone_fails(peer: Peer) -> None:
    """Whoever posts is told so, though nobody has read the end yet."""
    peer.socket.close()

    assert peer.connection.send(b"x") is False


def test_what_passes_is_seen(peer: Peer, serving: Future[Closing]) -> None:
    """Both ways and in order, each told once it is kept; a message as one."""
    peer.send(TextMessage(data="one, ", message_finished=False))
    peer.send(TextMessage(data="two"))
    peer.wait_message()
    peer.clock.advance(5)
    assert peer.connection.send(b"three")

    seen = peer.connection.seen()
    told = [(one.is_received, one.text, one.passed_epoch) for one in seen.messages]
    start = seen.connected_epoch
    assert told == [(True, "one, two", start), (False, "three", start + 5)]
    assert (seen.received, seen.sent) == (1, 1)
    assert seen.last_active_epoch == start + 5
    assert seen.ends_epoch == start + 605
    assert (seen.connection_id, seen.request.path) == ("AAAA1234=", "/")
    assert peer.passed == [1, 2]


def test_who_takes_nothing_is_seen_at_once(
    peer: Peer, serving: Future[Closing], wait_until: Callable[..., None]
) -> None:
    """A developer's page of all connections does not wait for the slowest."""
    with ThreadPoolExecutor() as threads:
        sending = threads.submit(peer.connection.send, bytes(16 * KILO * KILO))
        wait_until(lambda: peer.socket.recv(1, socket.MSG_PEEK))

        assert threads.submit(peer.connection.seen).result(1).sent == 0
        assert not sending.done()
        peer.connection.close(GOING_AWAY)
    assert serving.result(DEADLINE).code == 1006


def test_what_reaches_nobody_is_not_seen(peer: Peer, serving: Future[Closing]) -> None:
    """A connection that is closing takes no message."""
    peer.connection.close(GOING_AWAY)

    assert not peer.connection.send(b"late")
    assert peer.connection.seen().messages == ()
    assert peer.passed == []
