"""No process outlives the sandbox: takes the lifeline, kills the group at its end.

The lifeline is a pipe that nothing is written to; the sandbox holds its only write end.
However the sandbox ends, SIGKILL included, the kernel then closes that end. On Linux
the kernel itself answers with SIGKILL to the whole process group (fcntl(2), `F_SETSIG`
and `F_SETOWN` with a group), so that neither a busy loop, a blocked signal nor an
interpreter lock held by an extension keeps a handler or its children alive. Elsewhere a
thread waits for the end of file.
"""

import fcntl
import os
import signal
import sys
from _thread import start_new_thread


def arm(lifeline_fd: int) -> None:
    """Tie the life of this process group, which it leads, to the lifeline.

    Takes `lifeline_fd` over. Ends the process where the sandbox is gone already.
    """
    if not _arm_in_kernel(lifeline_fd):
        start_new_thread(_kill_group_at_end_of_file, (lifeline_fd,))


def _arm_in_kernel(lifeline_fd: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        # Ownership belongs to the open file: a shared one would have one owner only.
        flags = os.O_RDONLY | os.O_NONBLOCK
        own_fd = os.open(f"/proc/self/fd/{lifeline_fd}", flags)
    except OSError:
        return False
    fcntl.fcntl(own_fd, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(own_fd, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(own_fd, fcntl.F_SETFL, flags | os.O_ASYNC)
    os.dup2(own_fd, lifeline_fd, inheritable=True)
    os.close(own_fd)
    _end_if_it_is_cut(lifeline_fd)
    return True


def _end_if_it_is_cut(lifeline_fd: int) -> None:
    """Close the gap between the start of the process and the arming."""
    try:
        cut = not os.read(lifeline_fd, 1)
    except BlockingIOError:
        return
    if cut:
        os.killpg(0, signal.SIGKILL)


def _kill_group_at_end_of_file(lifeline_fd: int) -> None:
    while os.read(lifeline_fd, 1):
        pass
    os.killpg(0, signal.SIGKILL)
