"""Takes an address and a request, sends it over kept connections, gives figures.

A program of its own, so that it shares no interpreter lock with what it measures: one
thread, plain sockets, answers read no further than needed.
"""

import argparse
import json
import re
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\s]+=[^;\r]*)", re.IGNORECASE)
_COUNT = re.compile(rb'"count": *(\d+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of one run."""

    p50_ms: float
    p90_ms: float
    per_second: float
    answers: int
    wrong: int
    """Answers that were not 200, or whose count was not the last one plus one."""


@dataclass(slots=True)
class Client:
    """One browser: a connection, a cookie, and the count it was told last."""

    address: tuple[str, int]
    head: bytes
    keeps_cookie: bool
    received: bytearray = field(default_factory=bytearray)
    cookie: bytes = b""
    count: int = 0
    sent_at: float = 0.0
    wrong: int = 0
    connection: socket.socket = field(init=False)

    def connect(self) -> None:
        """Open the connection."""
        self.connection = socket.create_connection(self.address, timeout=60)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> None:
        """Send the request once."""
        cookie = b"Cookie: " + self.cookie + b"\r\n" if self.cookie else b""
        self.sent_at = time.perf_counter()
        self.connection.sendall(self.head + cookie + b"\r\n")

    def receive(self) -> bool:
        """Take in what has arrived; tells whether the answer is complete."""
        chunk = self.connection.recv(262_144)
        if not chunk:
            raise ConnectionResetError("closed within an answer")
        self.received += chunk
        end = self.received.find(b"\r\n\r\n")
        if end < 0 or not self._has_body(end + 4):
            return False
        self._note(end)
        self.received.clear()
        return True

    def _has_body(self, start: int) -> bool:
        head = self.received[:start]
        if found := _LENGTH.search(head):
            return len(self.received) >= start + int(found[1])
        if _CHUNKED.search(head):
            return self.received.endswith(b"0\r\n\r\n")
        return True

    def _note(self, end: int) -> None:
        head = self.received[: end + 2]
        is_right = head[9:12] == b"200"
        if self.keeps_cookie:
            if cookie := _COOKIE.search(head):
                self.cookie = bytes(cookie[1])
            count = _COUNT.search(self.received, end)
            told = int(count[1]) if count else 0
            is_right = is_right and told == self.count + 1
            self.count = told
        self.wrong += not is_right
        if _CLOSE.search(head):
            self.connection.close()
            self.connect()


def request_head(method: str, path: str, port: int) -> bytes:
    """Give a request without a body, but for its cookie and the empty line."""
    length = "Content-Length: 0\r\n" if method == "POST" else ""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{length}"
        "Accept: application/json\r\n"
    ).encode()


def run(clients: Sequence[Client], *, seconds: float, most: int) -> Figures:
    """Have each client ask again as soon as it is answered, until time is up.

    Args:
        clients: not connected yet.
        seconds: how long.
        most: how many answers at most; 0 for no limit.
    """
    times_ms: list[float] = []
    with selectors.DefaultSelector() as selector:
        started = time.perf_counter()
        for client in clients:
            client.connect()
            selector.register(client.connection, selectors.EVENT_READ, client)
            client.send()
        waiting = len(clients)
        while waiting:
            for key, _ in selector.select():
                client = key.data
                if not client.receive():
                    continue
                now = time.perf_counter()
                times_ms.append((now - client.sent_at) * 1000)
                selector.unregister(key.fileobj)
                if now - started > seconds or 0 < most <= len(times_ms) + waiting - 1:
                    waiting -= 1
                    client.connection.close()
                    continue
                selector.register(client.connection, selectors.EVENT_READ, client)
                client.send()
    elapsed = time.perf_counter() - started
    times_ms.sort()
    return Figures(
        p50_ms=statistics.median(times_ms),
        p90_ms=times_ms[int(len(times_ms) * 0.9)],
        per_second=len(times_ms) / elapsed,
        answers=len(times_ms),
        wrong=sum(client.wrong for client in clients),
    )


def main() -> None:
    """Run as told by the command line; print the figures as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--method", default="GET")
    options.add_argument("--path", default="/")
    options.add_argument("--connections", type=int, default=1)
    options.add_argument("--seconds", type=float, default=1.0)
    options.add_argument("--most", type=int, default=0)
    options.add_argument("--cookies", action="store_true")
    asked = options.parse_args()
    head = request_head(asked.method, asked.path, asked.port)
    clients = [
        Client(("127.0.0.1", asked.port), head, asked.cookies)
        for _ in range(asked.connections)
    ]
    figures = run(clients, seconds=asked.seconds, most=asked.most)
    json.dump(asdict(figures), sys.stdout)


if __name__ == "__main__":
    main()
