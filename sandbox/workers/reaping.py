"""The end of a process and of its group; standard library only, for both sides."""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

_POLL_SECONDS = 0.001


def reap(pid: int, grace_seconds: float) -> int | None:
    """Wait for a child, then kill what is left of the process group it leads.

    The group is killed while the unreaped child still holds its id, so that the signal
    can meet no stranger. Python has no `os.waitid` on macOS before 3.13: a child that
    ends in time is reaped first there. What is left of its group keeps the id taken,
    and only an empty group leaves it to others, for the moment until it is killed.

    Returns:
        The exit code, negative for a signal; None where it was waited for before.
    """
    try:
        status = _wait_for_end(pid, grace_seconds)
        if status is None:
            kill_group(pid)
            status = os.waitpid(pid, 0)[1]
        else:
            _kill(os.killpg, pid)  # `pid` itself may be another process by now
        return os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        return None


def kill_group(pid: int) -> None:
    """Kill the process group that `pid` leads, and a `pid` that leads none yet.

    A process just forked is killed before it has made its group.
    """
    _kill(os.killpg, pid)
    _kill(os.kill, pid)


def _kill(kill: Callable[[int, int], None], target: int) -> None:
    # Gone already; macOS says EPERM where only a zombie is left.
    with suppress(ProcessLookupError, PermissionError):
        kill(target, signal.SIGKILL)


def _wait_for_end(pid: int, seconds: float) -> int | None:
    """Wait so long; give the status of a child that had to be reaped to see its end."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        has_ended, status = _look_after(pid)
        if has_ended or time.monotonic() > deadline:
            return status
        pause.wait(_POLL_SECONDS)


def _look_after(pid: int) -> tuple[bool, int | None]:
    """Tell whether a child has ended, and its status where that had to reap it."""
    if hasattr(os, "waitid"):
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, pid, how) is not None, None
    found, status = os.waitpid(pid, os.WNOHANG)
    return bool(found), status if found else None
