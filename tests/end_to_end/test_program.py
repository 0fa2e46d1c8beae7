"""`from sandbox import Sandbox` in a script: it starts, serves, and leaves nothing."""

import os
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import Sandbox
from sandbox.errors import PortInUseError
from sandbox.options import Options

pytestmark = pytest.mark.slow

COUNT = """import arc, os
def handler(request, context):
    session = arc.http.session_read(request)
    session["count"] = int(session.get("count", 0)) + 1
    answer = {"count": session["count"], "pid": os.getpid()}
    return arc.http.res(request, {"session": session, "json": answer})
"""
TABLES = "@tables\nsessions\n  _idx *String\n  _ttl TTL\n"


@pytest.fixture
def app(make_app: Callable[..., Any]) -> Path:
    """Write an app that counts in a table-backed session."""
    files = {
        "src/http/post-count/index.py": COUNT,
        ".env": "ARC_SESSION_TABLE_NAME=sessions\n",
    }
    return Path(make_app(files, "post /count", more=TABLES).root)


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def children() -> set[int]:
    """Give the processes that this one has started, or that were left to it."""
    pids = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            pids.add(int(stat.parent.name))
    return pids


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_two_run_at_once_in_one_process(app: Path) -> None:
    """They share nothing: each has ports and rows of its own."""
    with Sandbox(app) as one, Sandbox(app) as two:
        with httpx.Client(base_url=one.url) as browser:
            counts = [browser.post("/count").json()["count"] for _ in range(2)]
        other = httpx.post(f"{two.url}/count").json()["count"]

        assert one.url != two.url
        assert (counts, other) == ([1, 2], 1)


def test_closing_leaves_nothing(
    app: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wait_until: Callable[..., None],
) -> None:
    """No thread, no process, no port and no file is there afterwards."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    files, threads, processes = files_below(app), set(threading.enumerate()), children()
    with Sandbox(app) as sandbox:
        ports = sandbox.ports
        worker = httpx.post(f"{sandbox.url}/count").json()["pid"]
        own = children() - processes
        assert is_open(ports.http)
        assert is_running(worker)

    assert [thread for thread in threading.enumerate() if thread not in threads] == []
    wait_until(lambda: not is_running(worker), what="the worker has ended")
    wait_until(lambda: not any(map(is_running, own)), what="its helpers have ended")
    assert ports.tables is not None
    assert not any(map(is_open, (ports.http, ports.tables, ports.internal)))
    assert (files_below(app), files_below(scratch)) == (files, [])


def test_a_start_that_fails_leaves_nothing(
    app: Path, wait_until: Callable[..., None]
) -> None:
    """A port that cannot be had is told, and what was started already has ended."""
    threads, processes = set(threading.enumerate()), children()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = Options(http_port=port, tables_port=0, internal_port=0, events_port=0)
        sandbox = Sandbox(app, options=options)
        with pytest.raises(PortInUseError):
            sandbox.start()

        own = children() - processes
        wait_until(lambda: not any(map(is_running, own)), what="its helpers have ended")
    assert [thread for thread in threading.enumerate() if thread not in threads] == []


def test_closing_twice_does_no_harm(app: Path) -> None:
    """A sandbox may be closed by hand and by its `with` block."""
    with Sandbox(app) as sandbox:
        assert httpx.post(f"{sandbox.url}/count").status_code == 200
        sandbox.close()
        sandbox.close()

    with pytest.raises(RuntimeError, match="not running"):
        _ = sandbox.url


def test_closing_before_starting_does_no_harm(app: Path) -> None:
    """A sandbox that never ran has nothing to give back."""
    Sandbox(app).close()


def test_starting_again_is_refused(app: Path) -> None:
    """Neither is a second set of servers started, nor a closed feed listened to."""
    with Sandbox(app) as sandbox:
        with pytest.raises(RuntimeError, match="started once"):
            sandbox.start()
        assert httpx.post(f"{sandbox.url}/count").status_code == 200

    with pytest.raises(RuntimeError, match="started once"):
        sandbox.start()


def test_reset_takes_back_what_happened(app: Path) -> None:
    """The clock, the rows and the journal are as after starting."""
    with Sandbox(app) as sandbox:
        httpx.post(f"{sandbox.url}/count")
        sandbox.clock.advance(86_400)
        sandbox.reset()

        assert set(sandbox.tables.export().values()) == {()}
        assert sandbox.clock.offset_seconds == 0
        assert sandbox.journal.recent() == ()
