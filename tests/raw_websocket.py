"""A WebSocket client that sends what it is told, wrong as that may be."""

import contextlib
import socket
import struct
from types import TracebackType
from typing import NamedTuple, Self

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_LONG, _LONGER = 126, 127


class Frame(NamedTuple):
    """One that the server sent."""

    opcode: int
    payload: bytes


def frame(opcode: int, payload: bytes = b"", *, is_last: bool = True) -> bytes:
    """Give a client's frame, whose mask changes nothing."""
    first = bytes([is_last << 7 | opcode])
    size = len(payload)
    if size < _LONG:
        head = bytes([0x80 | size])
    elif size < 1 << 16:
        head = struct.pack("!BH", 0x80 | _LONG, size)
    else:
        head = struct.pack("!BQ", 0x80 | _LONGER, size)
    return first + head + bytes(4) + payload


class RawWebSocket:
    """A client's socket; a context manager, which closes it.

    Args:
        port: of the app.
        receive_bytes: how much the system keeps for it; little makes it slow.
    """

    def __init__(self, port: int, *, receive_bytes: int = 0) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(10)
        if receive_bytes:
            option = socket.SO_RCVBUF
            self.socket.setsockopt(socket.SOL_SOCKET, option, receive_bytes)
        self.socket.connect(("127.0.0.1", port))
        self._received = b""

    def send(self, *pieces: bytes) -> None:
        """Send bytes in one go, as far as they are taken."""
        with contextlib.suppress(OSError):
            self.socket.sendall(b"".join(pieces))

    def answer(self) -> bytes:
        """Give the head of an HTTP answer."""
        while b"\r\n\r\n" not in self._received:
            self._receive()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        return head

    def next_frame(self) -> Frame:
        """Give the next frame."""
        first, size = self._take(2)
        if size == _LONG:
            (size,) = struct.unpack("!H", self._take(2))
        elif size == _LONGER:
            (size,) = struct.unpack("!Q", self._take(8))
        return Frame(first & 0x0F, self._take(size))

    def wait_end(self) -> bytes:
        """Give what still comes, up to the end of the connection."""
        with contextlib.suppress(EOFError):
            while True:
                self._receive()
        return self._received

    def reset(self) -> None:
        """Go without a word, as a process that is killed."""
        linger = struct.pack("ii", 1, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.socket.close()

    def _take(self, size: int) -> bytes:
        while len(self._received) < size:
            self._receive()
        taken, self._received = self._received[:size], self._received[size:]
        return taken

    def _receive(self) -> None:
        received = self.socket.recv(65_536)
        if not received:
            raise EOFError
        self._received += received
