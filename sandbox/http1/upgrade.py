"""Wire: a connection that has been taken out of HTTP (RFC 9110 section 7.8, Upgrade).

An application that is offered `UPGRADE` in its environ may call that, with what is to
speak on the connection from then on, in place of answering the request.
"""

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable
from typing import TypeAlias

UPGRADE = "arc.upgrade"
"""A key of the environ, with a `TakeOver`; not there where a server has no upgrades."""

_RECEIVE_BYTES = 64 * 1024
_SEND_SECONDS = 2.0
"""How long a client may leave untaken what it is sent.

Less than a function has by default, so that it hears of that, and is not timed out."""
_NOTHING_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""As of TLS, where part of a record has come."""


class Wire:
    """Bytes both ways; one thread reads, any thread writes.

    Args:
        connection: stays its owner's to close.
        early: what has come already.
    """

    def __init__(self, connection: socket.socket, early: bytes = b"") -> None:
        self._socket = connection
        self._early = early
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._lock = threading.Lock()
        """One at a time in OpenSSL, which is not safe between threads."""
        connection.settimeout(_SEND_SECONDS)

    def receive(self, seconds: float) -> bytes | None:
        """Give what comes; `b""` at the end, None if nothing comes in time."""
        if self._early:
            early, self._early = self._early, b""
            return early
        if not (self._has_decrypted() or self._poll.poll(seconds * 1000)):
            return None
        with self._lock:
            self._socket.settimeout(0)  # for whoever wants to send meanwhile
            try:
                return self._socket.recv(_RECEIVE_BYTES)
            except _NOTHING_YET:
                return None
            except OSError:
                return b""
            finally:
                self._socket.settimeout(_SEND_SECONDS)

    def send(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            OSError: the client is gone, or takes nothing.
        """
        with self._lock:
            self._socket.sendall(data)

    def cut(self) -> None:
        """End it: what waits on the socket wakes up."""
        with contextlib.suppress(OSError):  # it may have ended by itself
            self._socket.shutdown(socket.SHUT_RDWR)

    def _has_decrypted(self) -> bool:
        if not isinstance(self._socket, ssl.SSLSocket):
            return False
        with self._lock:
            return bool(self._socket.pending())


TakeOver: TypeAlias = Callable[[Callable[[Wire], None]], list[bytes]]
"""Takes what speaks on the connection until it returns; gives the answer's body."""
