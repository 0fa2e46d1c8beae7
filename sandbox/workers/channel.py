"""The pipes between the sandbox and one worker: takes frames, gives messages.

Output is drained whenever the sandbox waits for anything, so that a handler that prints
never blocks on a full pipe.
"""

import fcntl
import math
import os
import select
import socket
import struct
import sys
from collections.abc import Callable

from sandbox.clock import Clock
from sandbox.quick_calls import send_at_once, unread_bytes
from sandbox.workers import wire
from sandbox.workers.output import OutputBuffer

_CHUNK_BYTES = 65_536
_QUICK_ANSWER = struct.pack("@ll", 0, 20_000)
"""What recv waits for an answer: 20 ms as a timeval. Most handlers need less, and one
recv is a third cheaper than poll and recv. After that, output is drained meanwhile."""
_SPIN_SECONDS = 0.000_5
"""For how long a quick worker's answer is looked for without sleeping. Who sleeps is
woken 15 to 50 microseconds late on a virtual machine, and with cold caches."""
_LOOK_MS = 20.0
"""Between two looks after a worker whose answer is awaited."""


def _processors() -> int:
    """Give how many of them this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


CAN_SPIN = _processors() > 1
"""On one processor it would only keep the worker from running."""
HEEDS_DONTWAIT = sys.platform == "linux"
"""Whether a send with MSG_DONTWAIT never waits. That of macOS does on a blocking socket
(XNU's `sosendcheck`); there it would wait with the interpreter lock in its hand."""


class EventNotTakenError(Exception):
    """The worker was gone before it had read the event: another may take it."""


class ConnectionEndedError(Exception):
    """The worker closed its connection, most likely because it ended."""


class Channel:
    """The sandbox's ends of what connects it to a worker, and at first the worker's.

    For one thread at a time.

    Args:
        clock: says what time it is.
        heeds_dontwait: whether the system does; elsewhere the sandbox's end never
            blocks, and each answer is polled for.
    """

    def __init__(self, clock: Clock, *, heeds_dontwait: bool = HEEDS_DONTWAIT) -> None:
        self.output = OutputBuffer()
        self._clock = clock
        self._reader = wire.FrameReader()
        self.may_spin = False
        """Set by whoever knows that no other event needs a processor (`CAN_SPIN`)."""
        self._is_quick = False
        """Whether the last answer came within `_SPIN_SECONDS`."""
        self._connection, self.worker_socket = socket.socketpair()
        self._connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO, _QUICK_ANSWER
        )
        if not heeds_dontwait:
            self._connection.settimeout(0)
        self._output_fd, self.worker_output_fd = os.pipe()
        fcntl.fcntl(self._output_fd, fcntl.F_SETFL, os.O_NONBLOCK)
        self._poller = select.poll()
        self._poller.register(self._connection, select.POLLIN)
        self._poller.register(self._output_fd, select.POLLIN)

    def close_worker_ends(self) -> None:
        """Close what the worker has its own copies of."""
        self.worker_socket.close()
        os.close(self.worker_output_fd)

    def end(self) -> None:
        """Let the worker see an end of file; its output can still be drained."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the worker's end is closed already

    def close(self) -> None:
        """Close both ends that are the sandbox's."""
        self._connection.close()
        os.close(self._output_fd)

    def is_connected(self) -> bool:
        """Tell whether the worker still holds its end."""
        try:
            return bool(self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def send(self, frame: bytes, deadline: float) -> None:
        """Send all of it, draining output meanwhile.

        Raises:
            TimeoutError: the deadline passed.
            EventNotTakenError: the worker is gone.
        """
        is_short = len(frame) <= _CHUNK_BYTES
        rest: bytes | memoryview = frame if is_short else memoryview(frame)
        while rest:
            try:
                rest = rest[self._send_some(rest) :]
            except BlockingIOError:
                self._wait_writable(deadline)
            except OSError as error:
                raise EventNotTakenError from error

    def wait_answer(
        self, deadline: float, look_after: Callable[[], None]
    ) -> wire.Message:
        """Wait for the next message, draining output meanwhile and afterwards.

        Args:
            deadline: on the monotonic clock.
            look_after: called every 20 ms or so; what it raises ends the wait.

        Raises:
            TimeoutError: the deadline passed.
            ConnectionEndedError: the worker closed its end.
            EventNotTakenError: so it did, without having read all that was sent.
            WireError: what arrived is no message.
        """
        began = self._clock.monotonic()
        if self.may_spin and self._is_quick:
            self._spin(began + _SPIN_SECONDS)
        answer = self._reader.feed(self._receive_some(0))
        while answer is None:
            look_after()
            for fd, _ in self._poll(deadline, most_ms=_LOOK_MS):
                if fd == self._output_fd:
                    self.drain()
                elif answer is None:
                    answer = self._reader.feed(self._receive_some(socket.MSG_DONTWAIT))
        self._is_quick = self._clock.monotonic() - began < _SPIN_SECONDS
        if unread_bytes(self._output_fd):
            self.drain()
        return answer

    def drain(self) -> None:
        """Take in what the handler has printed so far."""
        try:
            while chunk := os.read(self._output_fd, _CHUNK_BYTES):
                self.output.append(chunk)
                if len(chunk) < _CHUNK_BYTES:
                    return
        except BlockingIOError:
            return
        # The end of file would make each poll return at once.
        try:
            self._poller.unregister(self._output_fd)
        except KeyError:
            return

    def _send_some(self, part: bytes | memoryview) -> int:
        if isinstance(part, bytes):
            return send_at_once(self._connection.fileno(), part)
        return self._connection.send(part, socket.MSG_DONTWAIT)

    def _spin(self, until: float) -> None:
        """Stay awake until something can be read, or the time is over."""
        while not self._poller.poll(0) and self._clock.monotonic() < until:
            pass

    def _wait_writable(self, deadline: float) -> None:
        self._poller.modify(self._connection, select.POLLOUT)
        try:
            for fd, _ in self._poll(deadline):
                if fd == self._output_fd:
                    self.drain()
        finally:
            self._poller.modify(self._connection, select.POLLIN)

    def _poll(
        self, deadline: float, *, most_ms: float = math.inf
    ) -> list[tuple[int, int]]:
        remaining = deadline - self._clock.monotonic()
        if remaining <= 0:
            raise TimeoutError
        return self._poller.poll(min(remaining * 1000 + 1, most_ms))

    def _receive_some(self, flags: int) -> bytes:
        """Receive what has arrived, or nothing.

        Raises:
            EventNotTakenError: it ended without having read all that was sent to it,
                which Linux tells by a reset where others see an end of file.
        """
        size = max(_CHUNK_BYTES, self._reader.missing_bytes())
        try:
            chunk = self._connection.recv(size, flags)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise EventNotTakenError from error
        if not chunk:
            raise ConnectionEndedError
        return chunk
