"""The end of processes."""

import os
import signal

import pytest

from sandbox.workers.reaping import reap


def child(body):
    """Fork a child that leads a group and runs `body`."""
    pid = os.fork()
    if not pid:
        os.setsid()
        body()
        os._exit(0)
    return pid


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize(
    ("body", "grace_seconds", "exit_code"),
    [
        (lambda: os._exit(3), 10, 3),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), 10, -signal.SIGTERM),
        (signal.pause, 0, -signal.SIGKILL),
    ],
    ids=["exits", "dies of a signal", "does not end"],
)
def test_reap_gives_the_exit_code(body, grace_seconds, exit_code):
    """Its own where it ends in time, SIGKILL's where it does not."""
    assert reap(child(body), grace_seconds) == exit_code


def test_reap_knows_nothing_of_strangers():
    """A process that is no child has no exit code for us."""
    assert reap(os.getppid(), 0) is None
