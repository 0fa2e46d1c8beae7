"""The end of a process and of its group; standard library only, for both sides."""

import os
import signal
import threading
import time
from contextlib import suppress

_POLL_SECONDS = 0.001


def reap(pid: int, grace_seconds: float) -> int | None:
    """Wait for a child, then kill what is left of the process group it leads.

    The group is killed while the unreaped child still holds its id, so that the signal
    can meet no stranger.

    Returns:
        The exit code, negative for a signal; None where it was waited for before.
    """
    try:
        _wait_for_end(pid, grace_seconds)
        kill_group(pid)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return None


def kill_group(pid: int) -> None:
    """Kill the process group that `pid` leads, and a `pid` that leads none yet.

    A process just forked is killed before it has made its group.
    """
    for kill in (os.killpg, os.kill):
        # Gone already; macOS says EPERM where only a zombie is left.
        with suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _wait_for_end(pid: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    how = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while os.waitid(os.P_PID, pid, how) is None:
        if time.monotonic() > deadline:
            return
        pause.wait(_POLL_SECONDS)
