"""LoopbackServer: any WSGI application on an address, listening once constructed.

Each thread waits for a connection, serves it to its end, and waits again; the last
one waiting starts another. So no connection is handed between threads, and a client
that keeps its connection is served by one warm thread.
"""

import contextlib
import errno
import socket
import ssl
import threading
import warnings
from typing import TYPE_CHECKING, Self

from sandbox.clock import Clock, MovableClock
from sandbox.errors import (
    RAISE_FILE_LIMIT,
    PortInUseError,
    WorldError,
    is_file_shortage,
)
from sandbox.http1.connection import KeptConnectionServer
from sandbox.port_holder import describe_port_holder

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not bound here
_SPOKEN_AS_LOCALHOST = frozenset(("127.0.0.1", *_EVERY_ADDRESS))
_BACKLOG = 1024
_MAX_WAITING_THREADS = 8
_PAUSE_SECONDS = 0.05
_GRACE_SECONDS = 0.5
_LAST_SECONDS = 0.3
_HANDSHAKE_SECONDS = 10.0


class LoopbackServer:
    """A threaded HTTP/1.1 server with kept connections.

    The socket listens when the constructor returns, so clients may connect at once;
    they are answered from `start()` on.

    Args:
        app: called from several threads at a time.
        host: an address, or a name that stands for one.
        port: 0 takes a free one.
        name: what it serves, in a word; its threads are called `arc-<name>-<n>`.
        ssl_context: speaks TLS where given.
        clock: measures time limits.

    Raises:
        PortInUseError: another process listens there.
        WorldError: the address cannot be listened on.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        name: str,
        ssl_context: ssl.SSLContext | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._listener = _listen(host, port)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self._name = name
        self._ssl_context = ssl_context
        self._clock = clock or MovableClock()
        self._server = KeptConnectionServer(
            self._listener.getsockname()[:2],
            app,
            clock=self._clock,
            ssl_context=ssl_context,
        )
        self._closing = self._server.closing
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._greeted: set[ssl.SSLSocket] = set()
        """Those that have not ended their TLS handshake."""
        self._waiting = 0
        self._started = 0

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        host = "localhost" if self.host in _SPOKEN_AS_LOCALHOST else self.host
        scheme = "https" if self._ssl_context else "http"
        return f"{scheme}://{_in_brackets(host)}:{self.port}"

    def start(self) -> None:
        """Begin to answer."""
        with self._lock:
            self._add_thread()

    def close(self) -> None:
        """Stop answering and join every thread, within a second; twice does no harm.

        Idle connections end at once. Requests being answered get half a second.
        """
        with self._lock:
            if self._closing.is_set():
                return
            self._closing.set()
            waiting = self._waiting
            for greeted in self._greeted:
                with contextlib.suppress(OSError):
                    greeted.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):  # Linux refuses newcomers from here on
            self._listener.shutdown(socket.SHUT_RDWR)
        self._wake(waiting)
        self._server.cut_connections(only_idle=True)
        is_over = self._join(_GRACE_SECONDS)
        if not is_over:
            self._server.cut_connections(only_idle=False)
            is_over = self._join(_LAST_SECONDS)
        self._listener.close()
        if not is_over:
            warnings.warn(
                f"server {self._name!r} was closed inside a request",
                ResourceWarning,
                stacklevel=2,
            )

    def serve_connections(self) -> None:
        """Serve one connection after another until closed: a thread's body."""
        while self._begin_waiting():
            accepted = self._accept()
            is_open = self._end_waiting()
            if accepted is not None and is_open:
                self._serve(*accepted)
            elif accepted is not None:
                accepted[0].close()
        with self._lock:
            self._threads.discard(threading.current_thread())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _add_thread(self) -> None:
        self._started += 1
        thread = threading.Thread(
            target=self.serve_connections,
            name=f"arc-{self._name}-{self._started}",
            daemon=True,
        )
        thread.start()
        self._threads.add(thread)

    def _begin_waiting(self) -> bool:
        with self._lock:
            if self._closing.is_set() or self._waiting >= _MAX_WAITING_THREADS:
                return False
            self._waiting += 1
            return True

    def _accept(self) -> tuple[socket.socket, tuple[str, int]] | None:
        try:
            return self._listener.accept()
        except OSError:  # the client has gone, or no file descriptor is left
            self._closing.wait(_PAUSE_SECONDS)
            return None

    def _end_waiting(self) -> bool:
        with self._lock:
            self._waiting -= 1
            if self._closing.is_set():
                return False
            if not self._waiting:
                # Where no thread can be started, this one comes back to wait, and
                # the system keeps newcomers until then.
                with contextlib.suppress(RuntimeError):
                    self._add_thread()
            return True

    def _serve(self, accepted: socket.socket, address: tuple[str, int]) -> None:
        if self._ssl_context is not None:
            try:
                accepted = self._shake_hands(accepted, self._ssl_context)
            except OSError:  # not TLS, a client that does not trust us, or the end
                accepted.close()
                return
        self._server.finish_request(accepted, address)

    def _shake_hands(
        self, accepted: socket.socket, context: ssl.SSLContext
    ) -> ssl.SSLSocket:
        """Begin TLS with a client, which closing the server cuts short."""
        secure = context.wrap_socket(
            accepted, server_side=True, do_handshake_on_connect=False
        )
        with self._lock:
            self._greeted.add(secure)
        try:
            secure.settimeout(0 if self._closing.is_set() else _HANDSHAKE_SECONDS)
            secure.do_handshake()
        except OSError:
            secure.close()
            raise
        finally:
            with self._lock:
                self._greeted.discard(secure)
        return secure

    def _wake(self, count: int) -> None:
        """Connect as a client: what waits in accept() on any system wakes from that."""
        for _ in range(count):
            with contextlib.suppress(OSError):
                socket.create_connection(_reachable(self._listener), 0.2).close()

    def _join(self, seconds: float) -> bool:
        deadline = self._clock.monotonic() + seconds
        with self._lock:
            threads = tuple(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - self._clock.monotonic()))
        return not any(thread.is_alive() for thread in threads)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
    except OSError as failure:
        raise WorldError(
            f'The address "{host}" port {port} cannot be used: {failure.strerror}.',
            remedy=RAISE_FILE_LIMIT
            if is_file_shortage(failure)
            else "Give an address of this machine, such as 127.0.0.1.",
        ) from failure
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as failure:
        listener.close()
        raise _bind_error(host, port, failure) from failure
    return listener


def _bind_error(host: str, port: int, failure: OSError) -> WorldError:
    if failure.errno != errno.EADDRINUSE:
        return WorldError(
            f'Cannot listen on "{host}" port {port}: {failure.strerror}.',
            remedy="Choose another with --host and --port.",
        )
    holder = describe_port_holder(port)
    return PortInUseError(
        host,
        port,
        remedy=f"It is held by {holder}; stop that, or choose another port."
        if holder
        else "Stop what listens there, or choose another port.",
    )


def _reachable(listener: socket.socket) -> tuple[str, int]:
    host, port = listener.getsockname()[:2]
    return _EVERY_ADDRESS.get(host, host), port


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host
