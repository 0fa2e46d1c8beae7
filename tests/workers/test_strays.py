"""What workers have started in sessions of their own ends with them."""

import os
import signal
import sys

import pytest

from sandbox.workers.reaping import reap
from sandbox.workers.strays import Strays
from tests.processes import is_alive

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
    pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and pidfd_open"),
]

DAEMON = """\
    import subprocess
    daemon = subprocess.Popen(["sleep", "60"], start_new_session=True)

    def handler(event, context):
        return daemon.pid
"""


def pause():
    """Wait to be killed, and not for ever."""
    signal.alarm(20)
    signal.pause()


@pytest.fixture
def family():
    """Give a process that leads a group, and the pipe that its stray holds open."""
    ours, theirs = os.pipe()
    ready, begun = os.pipe()
    pid = os.fork()
    if not pid:
        os.setsid()
        if not os.fork():
            os.setsid()
            os.write(begun, b"1")
        else:
            os.close(theirs)
        pause()
    os.close(theirs)
    os.close(begun)
    os.read(ready, 1)
    os.close(ready)
    yield pid, ours
    os.close(ours)


def test_what_left_the_group_is_killed(family):
    """The group's end would miss it."""
    pid, pipe = family
    strays = Strays()
    strays.note(pid)
    strays.note(pid)
    reap(pid, 0)
    strays.kill()
    strays.kill()

    assert os.read(pipe, 1) == b""  # nobody has the other end any more


def test_who_has_ended_is_nobody(family):
    """What has gone by itself is passed over, and so is a process that is not there."""
    pid, pipe = family
    strays = Strays()
    strays.note(pid)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    strays.note(pid)
    strays.kill()

    assert os.read(pipe, 1) == b""
    strays.kill()


def test_systems_that_show_no_tree_have_no_strays(family, monkeypatch):
    """As on macOS: the group is all that ends."""
    pid, pipe = family
    monkeypatch.delattr(os, "pidfd_open")
    strays = Strays()
    strays.note(pid)
    strays.kill()
    monkeypatch.undo()
    Strays().note(pid)

    os.set_blocking(pipe, False)
    with pytest.raises(BlockingIOError):
        os.read(pipe, 1)
    strays.note(pid)
    reap(pid, 0)
    strays.kill()


@pytest.mark.parametrize("can_fork", [True, False])
def test_a_daemon_ends_with_its_worker(app, invoke, wait_until, can_fork):
    """A save would leave one browser after another running, and the end the last."""
    function = app.function("a", DAEMON)
    pool = app.pool(can_fork=can_fork)
    first = invoke(pool, function).outcome.value
    pool.retire()
    pool.tick()
    pool.tick()
    second = invoke(pool, function).outcome.value
    wait_until(lambda: not is_alive(first), what="the first is gone")
    assert is_alive(second)
    pool.close()

    wait_until(lambda: not is_alive(second), what="the second is gone")
