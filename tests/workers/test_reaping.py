"""The end of processes."""

import os
import signal

import pytest

from sandbox.workers.reaping import reap

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def child(body):
    """Fork a child that leads a group and runs `body`."""
    pid = os.fork()
    if not pid:
        os.setsid()
        body()
        os._exit(0)
    return pid


@pytest.fixture(params=["waitid", "waitpid"])
def wait(request, monkeypatch):
    """Have the end of a child seen as on Linux, and as on macOS before Python 3.13."""
    if request.param == "waitpid":
        monkeypatch.delattr(os, "waitid")
    return request.param


@pytest.mark.usefixtures("wait")
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


@pytest.mark.usefixtures("wait")
def test_reap_kills_what_a_child_leaves_behind():
    """A child's own child, of its group, ends with it."""
    ours, theirs = os.pipe()

    def leave_another():
        if not os.fork():
            signal.alarm(20)
            signal.pause()

    reap(child(leave_another), 10)

    os.close(theirs)
    assert os.read(ours, 1) == b""  # nobody has the other end any more
    os.close(ours)


def test_a_process_that_was_reaped_is_not_killed(monkeypatch):
    """Its id may be another's by then; only what is left of its group is killed."""
    killed = []
    monkeypatch.delattr(os, "waitid")
    monkeypatch.setattr(os, "kill", lambda pid, _: killed.append(pid))

    reap(child(lambda: None), 10)

    assert killed == []


@pytest.mark.usefixtures("wait")
def test_reap_knows_nothing_of_strangers():
    """A process that is no child has no exit code for us."""
    assert reap(os.getppid(), 0) is None
