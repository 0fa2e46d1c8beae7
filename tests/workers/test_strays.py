"""What workers have started in sessions of their own ends with them."""

import os
import signal
import subprocess
import sys

import pytest

from sandbox.exchange import Crashed
from sandbox.workers.environment import LOG_STREAM, LOG_STREAM_NAME
from sandbox.workers.reaping import reap
from sandbox.workers.strays import Strays
from tests.processes import is_alive

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
    pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and pidfd_open"),
]

CRASHES = """\
    import os, signal, subprocess, sys

    def handler(event, context):
        with open(event["file"], "w") as file:
            sleep = ["sleep", "60"]
            daemon = subprocess.Popen(sleep, start_new_session=True)
            print(daemon.pid, file=file)
        ENDING
"""
NODE_CRASHES = """
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'

export async function handler (event) {
  const daemon = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
  writeFileSync(event.file, `${daemon.pid}`)
  ENDING
}
"""
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
    strays = Strays("MARK=mine")
    strays.note(pid)
    strays.note(pid)
    reap(pid, 0)
    strays.kill()
    strays.kill()

    assert os.read(pipe, 1) == b""  # nobody has the other end any more


def test_who_has_ended_is_nobody(family):
    """What has gone by itself is passed over, and so is a process that is not there."""
    pid, pipe = family
    strays = Strays("MARK=mine")
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
    strays = Strays("MARK=mine")
    strays.note(pid)
    strays.kill()
    monkeypatch.undo()
    Strays("MARK=mine").note(pid)

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


def test_what_has_the_mark_is_killed():
    """Whoever has made it may be gone; what has another mark, or none, is not meant."""
    sleep = ("sleep", "60")
    marked, other = (
        subprocess.Popen(sleep, env={"MARK": mark, "PATH": os.defpath})  # noqa: TID251 - strays
        for mark in ("mine", "mine too")
    )
    strays = Strays("MARK=mine")
    strays.search()
    strays.kill()

    assert marked.wait(10) == -signal.SIGKILL
    assert other.poll() is None
    other.kill()
    other.wait()


@pytest.mark.parametrize("ending", ["os._exit(3)", "os.kill(os.getpid(), 9)"])
@pytest.mark.parametrize("can_fork", [True, False])
def test_a_daemon_ends_though_its_worker_crashed(
    app, invoke, wait_until, tmp_path, can_fork, ending
):
    """Its parent is another by then, whom nobody asks."""
    app.environment[LOG_STREAM_NAME] = LOG_STREAM
    function = app.function("a", CRASHES.replace("ENDING", ending))
    pool = app.pool(can_fork=can_fork)

    outcome = invoke(pool, function, {"file": str(tmp_path / "pid")}).outcome
    daemon = int((tmp_path / "pid").read_text())
    pool.tick()
    pool.tick()

    assert isinstance(outcome, Crashed)
    wait_until(lambda: not is_alive(daemon), what="it is gone")


def test_a_daemon_ends_though_its_idle_worker_was_killed(app, invoke, wait_until):
    """The next event meets a worker that is gone, and has another."""
    app.environment[LOG_STREAM_NAME] = LOG_STREAM
    function = app.function("a", DAEMON)
    pool = app.pool()
    first = invoke(pool, function)
    os.kill(first.worker_pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(first.worker_pid), what="it is dead")

    second = invoke(pool, function)
    pool.tick()
    pool.tick()

    wait_until(lambda: not is_alive(first.outcome.value), what="the first is gone")
    assert is_alive(second.outcome.value)


def test_a_daemon_ends_though_nodes_worker_crashed(
    app, invoke, wait_until, tmp_path, find_program
):
    """Found by the same variable."""
    find_program("node")
    source = NODE_CRASHES.replace("ENDING", "process.exit(3)")
    app.environment[LOG_STREAM_NAME] = LOG_STREAM
    function = app.function("a", None, runtime="nodejs20.x")
    (function.folder / "index.mjs").write_text(source)
    pool = app.pool()

    invoke(pool, function, {"file": str(tmp_path / "pid")})
    daemon = int((tmp_path / "pid").read_text())
    pool.tick()
    pool.tick()

    wait_until(lambda: not is_alive(daemon), what="it is gone")
