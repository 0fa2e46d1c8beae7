"""Workers forked ahead: while nothing is asked of the nursery, one waits to be used.

A fork and the page faults after it are then nothing that a request waits for. There
are two kinds, since a rehearsed process holds memory that only AWS calls need. A spare
belongs to the nursery's process group, and ends with it, until it becomes a worker.
"""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

_READY = b"r"
_START = b"s"


class Kind(Enum):
    """What a spare has done before it waits."""

    PLAIN = "plain"
    REHEARSED = "rehearsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spare:
    pid: int
    control: socket.socket
    """Says `_READY` once; takes `_START` with two file descriptors."""


class Spares:
    """Owns the processes that wait, at most one of each kind.

    Args:
        serve: turns a spare into a worker on a socket and an output.
        rehearse: what a spare of kind REHEARSED does first; may raise.
        leave: closes what a child must not hold of its parent's.
    """

    def __init__(
        self,
        *,
        serve: Callable[[int, int], NoReturn],
        rehearse: Callable[[], object],
        leave: Callable[[], None],
    ) -> None:
        self._serve = serve
        self._rehearse = rehearse
        self._leave = leave
        self._waiting: dict[Kind, _Spare] = {}

    def lacks(self, kind: Kind) -> bool:
        """Tell whether none of that kind waits."""
        return kind not in self._waiting

    def fork(self, kind: Kind) -> None:
        """Fork one of a kind that lacks."""
        control, theirs = socket.socketpair()
        pid = os.fork()
        if not pid:
            try:
                control.close()
                self._leave()
                self.close_all()
                self._wait(kind, theirs)
            finally:
                os._exit(os.EX_SOFTWARE)  # never on into the nursery's own work
        theirs.close()
        self._waiting[kind] = _Spare(pid=pid, control=control)

    def take(self, kind: Kind, socket_fd: int, output_fd: int) -> int | None:
        """Make one a worker; gives its process id, or None where none is ready."""
        spare = self._waiting.get(kind)
        if spare is None:
            return None
        try:
            is_ready = spare.control.recv(1, socket.MSG_DONTWAIT) == _READY
        except BlockingIOError:
            return None  # it is at its rehearsal still
        except OSError:
            is_ready = False
        del self._waiting[kind]
        if is_ready:
            with suppress(OSError), spare.control:
                socket.send_fds(spare.control, [_START], [socket_fd, output_fd])
                return spare.pid
        _end(spare)
        return None

    def discard(self) -> None:
        """End all, for they lack what is about to be imported."""
        for spare in self._waiting.values():
            _end(spare)
        self._waiting.clear()

    def close_all(self) -> None:
        """Let go of all, in a child, whose they are not."""
        for spare in self._waiting.values():
            spare.control.close()
        self._waiting.clear()

    def _wait(self, kind: Kind, control: socket.socket) -> NoReturn:
        if kind is Kind.REHEARSED:
            with suppress(Exception):
                self._rehearse()
        with suppress(OSError):
            control.sendall(_READY)
            message, descriptors, _, _ = socket.recv_fds(control, len(_START), 2)
            if message == _START:
                control.close()
                self._serve(*descriptors)
        os._exit(0)  # the nursery is gone, or has no use for it


def _end(spare: _Spare) -> None:
    spare.control.close()
    with suppress(ProcessLookupError):
        os.kill(spare.pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(spare.pid, 0)
