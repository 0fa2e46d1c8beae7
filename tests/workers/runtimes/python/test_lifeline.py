"""Nothing outlives the sandbox, however it ends."""

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.workers import wire
from sandbox.workers.interpreter import interpreter_command
from sandbox.workers.process import DISCARD, SpawnedProcess
from sandbox.workers.setup import Setups

SANDBOX = """
import os, sys
from pathlib import Path
from sandbox.clock import MovableClock
from sandbox.exchange import Invocation
from sandbox.json_value import JsonText
from sandbox.project.model import Function, FunctionConfig, Project
from sandbox.workers.nurseries import Nurseries
from sandbox.workers.pool import WorkerPool

root, begun = Path(sys.argv[1]), sys.argv[2]
config = FunctionConfig(runtime="python3.12", timeout_seconds=100)
functions = [
    Function(name=f"get /{name}", pragma="http", folder=root / name,
             handler_file=root / name / "index.py", handler_method="handler",
             config=config)
    for name in ("idle", "busy")
]
project = Project(root=root, name="app", manifest_file=None, functions=tuple(functions))
nurseries = Nurseries(can_fork=begun == "forked")
if begun == "forked":
    nurseries.begin().wait_ready()
pool = WorkerPool(environment=lambda _: {"PATH": "/usr/bin:/bin"},
                  project=lambda: project, clock=MovableClock(),
                  nurseries=nurseries)
if begun == "ahead":
    pool.prepare()
event = JsonText.of(os.getpid())
for function in functions:
    if begun == "ahead":
        pool.replenish()
        assert pool.statistics().spare_pids
    pool.invoke(Invocation(request_id="r", function=function, event=event))
"""
IDLE = """
import os, subprocess
def handler(event, context):
    child = subprocess.Popen(["sleep", "100"])
    with open("../idle.pid", "w") as file:
        file.write(f"{os.getpid()} {event} {child.pid}")
"""
BUSY = """
import os, signal, subprocess
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGIO, signal.SIG_IGN)
def handler(event, context):
    child = subprocess.Popen(["sleep", "100"])
    with open("../busy.pid", "w") as file:
        file.write(f"{os.getpid()} {os.getppid()} {child.pid}")
    while True:
        try:
            sum(range(10_000_000))
        except BaseException:
            pass
"""


def is_gone(pid):
    """Tell whether a process has ended; a zombie has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except OSError:
        return True


@pytest.mark.slow
@pytest.mark.parametrize("begun", ["forked", "spawned", "ahead"])
def test_killing_the_sandbox_leaves_no_process(tmp_path, wait_until, begun):
    """Not an idle worker, not a busy loop, not a child of either, not the nursery."""
    for name, source in (("idle", IDLE), ("busy", BUSY)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.py").write_text(source)
    busy = tmp_path / "busy.pid"
    command = [sys.executable, "-c", SANDBOX, str(tmp_path), begun]
    with ThreadPoolExecutor() as threads:
        ended = threads.submit(subprocess.run, command, check=False)
        wait_until(lambda: busy.exists() and len(busy.read_text().split()) == 3)
        worker, parent, child = map(int, busy.read_text().split())
        idle, sandbox, left = map(int, (tmp_path / "idle.pid").read_text().split())
        os.kill(sandbox, signal.SIGKILL)

    assert ended.result().returncode == -signal.SIGKILL
    for pid in (worker, parent, child, idle, left):
        wait_until(lambda pid=pid: is_gone(pid), what=f"{pid} ends")


LEAVING = """
import atexit, subprocess
from pathlib import Path

child = subprocess.Popen(["sleep", "100"])
Path("../child.pid").write_text(str(child.pid))
atexit.register(Path("../hook").touch)

def handler(event, context):
    return 1
"""


@pytest.mark.slow
def test_an_idle_worker_takes_along_what_it_has_started(app, tmp_path, wait_until):
    """Its connection ends before the lifeline is cut, which is held here."""
    function = app.function("leaving", LEAVING)
    setup = Setups(lambda _: {"PATH": "/usr/bin:/bin"}, ()).of(function, app.project)
    ours, theirs = socket.socketpair()
    lifeline, end = os.pipe()
    worker = SpawnedProcess(
        interpreter_command("serve", theirs.fileno(), lifeline),
        descriptors=[theirs.fileno(), lifeline],
        output_fd=DISCARD,
    )
    theirs.close()
    start = setup.start_message(0.0) | {"coverage": {}, "debugger_port": None}
    ours.sendall(wire.encode(start))
    assert wire.receive(wire.FrameReader(), ours.recv)["type"] == "ready"
    child = int((function.folder.parent / "child.pid").read_text())

    ours.close()

    wait_until(lambda: is_gone(child), what="the child ends")
    assert (function.folder.parent / "hook").exists()
    assert worker.reap(10) == -signal.SIGKILL
    os.close(lifeline)
    os.close(end)


ARMED = """
import os, sys, time
from sandbox.workers.runtimes.python import lifeline
lifeline._arm_in_kernel = lambda fd: False
lifeline.arm(int(sys.argv[1]))
print("armed", flush=True)
time.sleep(60)
"""


@pytest.mark.slow
def test_a_thread_watches_the_lifeline_where_the_kernel_does_not():
    """As on macOS, which has no signal for the end of a pipe."""
    lifeline, end = os.pipe()
    with subprocess.Popen(  # noqa: TID251 - the process that is to end
        [sys.executable, "-c", ARMED, str(lifeline)],
        pass_fds=[lifeline],
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout.readline() == b"armed\n"
        os.close(end)
        os.close(lifeline)

        assert process.wait(10) == -signal.SIGKILL
