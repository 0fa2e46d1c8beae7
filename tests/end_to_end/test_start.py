"""`arc-sandbox start` as a developer meets it: a process, a terminal, a browser."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.end_to_end.conftest import FREE_PORTS
from tests.processes import children_of, is_alive

pytestmark = pytest.mark.slow

HELLO = """def handler(event, context):
    print("greeting")
    return {"hello": event["rawPath"]}
"""
TABLES = "@tables\nnotes\n  id *String"
DEAF = """import signal, time
def handler(event, context):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        time.sleep(0.1)
"""


def test_a_closed_terminal_changes_nothing_under_nohup(
    make_app: Any, command: Any, wait_until: Callable[..., None]
) -> None:
    """Who has SIGHUP ignored wants the sandbox to go on."""
    app = make_app({"src/http/get-index/index.py": HELLO})
    run = command("start", cwd=app.root, within='trap "" HUP; exec "$@"')
    wait_until(lambda: "ready at" in run.output)

    run.send(signal.SIGHUP)

    assert httpx.get(f"{run.url}/").json() == {"hello": "/"}


def test_start_serves_and_shows_each_request(
    make_app: Any, start: Any, wait_until: Callable[..., None]
) -> None:
    """A banner with the address and routes; then a line a request, output marked."""
    app = make_app({"src/http/get-index/index.py": HELLO})
    run = start(cwd=app.root)

    answer = httpx.get(f"{run.url}/")

    assert answer.json() == {"hello": "/"}
    wait_until(lambda: "get / | greeting" in run.output, what="output")
    assert "src/http/get-index" in run.output
    assert "GET    / 200" in run.output


def test_start_needs_no_standard_input(make_app: Any, start: Any) -> None:
    """A service manager may start it with that closed; handlers answer all the same."""
    app = make_app({"src/http/get-index/index.py": HELLO})
    run = start(cwd=app.root, within='exec "$@" <&-')

    assert httpx.get(f"{run.url}/").json() == {"hello": "/"}


def test_start_ends_cleanly_on_interrupt(
    make_app: Any, start: Any, wait_until: Callable[..., None]
) -> None:
    """Ctrl-C ends with status 0 and leaves no process behind."""
    app = make_app({"src/http/get-index/index.py": HELLO})
    run = start(cwd=app.root)
    httpx.get(f"{run.url}/")
    below = children_of(run.pid)

    run.send(signal.SIGINT)

    assert run.wait(seconds=5) == 0
    wait_until(lambda: not [pid for pid in below if is_alive(pid)], what="no process")


def test_killing_the_sandbox_leaves_no_process(
    make_app: Any, start: Any, wait_until: Callable[..., None]
) -> None:
    """SIGKILL takes workers along, even one that ignores every other signal."""
    app = make_app({"src/http/get-index/index.py": DEAF})
    run = start(cwd=app.root)
    with pytest.raises(httpx.TimeoutException):
        httpx.get(f"{run.url}/", timeout=1)
    below = children_of(run.pid)
    assert below

    run.send(signal.SIGKILL)
    run.wait()

    wait_until(lambda: not [pid for pid in below if is_alive(pid)], what="no process")


def test_start_refuses_a_broken_manifest(command: Any, tmp_path: Path) -> None:
    """Exit 2, with file, line, the line itself and a caret; no traceback."""
    (tmp_path / "app.arc").write_text("@app\nhello\n\n@http\nget /{id}\n")

    run = command("start", cwd=tmp_path)

    assert run.wait() == 2
    assert "app.arc:5:6" in run.output
    assert "    get /{id}\n         ^" in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize("flag", ["--port", "--tables-port", "--internal-port"])
def test_start_names_the_holder_of_a_busy_port(
    make_app: Any, command: Any, flag: str
) -> None:
    """A port asked for by name that is taken is an error that says who has it."""
    app = make_app({"src/http/get-index/index.py": HELLO}, more=TABLES)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        run = command("start", flag, str(port), cwd=app.root)

        assert run.wait() == 1
    assert f"Port {port}" in run.output
    if sys.platform == "linux":  # only Linux tells
        assert str(os.getpid()) in run.output
    assert "Traceback" not in run.output


def test_start_lets_a_flag_beat_a_variable(make_app: Any, command: Any) -> None:
    """`--cwd` finds the app from elsewhere, and nonsense is refused with its name."""
    app = make_app({"src/http/get-index/index.py": HELLO})

    run = command("start", "--cwd", str(app.root), "--port", "x", cwd=app.root.parent)

    assert run.wait() == 2
    assert "--port" in run.output


def test_start_says_what_is_not_emulated(make_app: Any, start: Any) -> None:
    """Pragmas that are parsed but not served are named in one line."""
    app = make_app(
        {"src/http/get-index/index.py": HELLO},
        more="@scheduled\ndaily rate(1 day)\n@cdn",
    )

    run = start(cwd=app.root)

    assert "Not emulated: @scheduled @cdn." in run.output


def test_start_quiet_is_quiet(make_app: Any, start: Any) -> None:
    """With --quiet a good request leaves no line."""
    app = make_app({"src/http/get-index/index.py": HELLO})
    run = start("--quiet", cwd=app.root)

    assert httpx.get(f"{run.url}/").json() == {"hello": "/"}
    run.send(signal.SIGINT)
    run.wait()

    assert "GET" not in run.output


def test_interrupt_cuts_a_handler_short(make_app: Any, start: Any) -> None:
    """Ctrl-C does not wait for what a handler is at, and blames nobody for its end."""
    app = make_app({"src/http/get-index/index.py": DEAF})
    run = start(cwd=app.root)
    with pytest.raises(httpx.TimeoutException):
        httpx.get(f"{run.url}/", timeout=0.5)

    run.send(signal.SIGINT)

    assert run.wait(seconds=5) == 0
    assert "signal 9" not in run.output


LOUD = """def handler(event, context):
    print("x" * 50_000)
    return "well"
"""


@contextmanager
def started_on_a_pipe(app: Any, *, error: Any) -> Iterator[tuple[Any, str, int]]:
    """Give what was started, its URL, and the end of its output; nobody reads on."""
    reader, writer = os.pipe()
    path = os.environ["PATH"]  # noqa: TID251 - what a shell gives
    environ = {"PATH": path, "HOME": str(app.root), **FREE_PORTS}
    run = subprocess.Popen(  # noqa: TID251 - the command under test
        [sys.executable, "-m", "sandbox", "start"],
        cwd=app.root,
        env=environ,
        stdout=writer,
        stderr=error,
    )
    os.close(writer)
    shown = b""
    try:
        while not (found := re.search(rb"ready at (\S+)", shown)):
            shown += os.read(reader, 1000)
        yield run, found[1].decode(), reader
    finally:
        os.close(reader)
        run.kill()
        run.wait()


def test_start_ends_though_nobody_reads_its_output(make_app: Any) -> None:
    """Whoever runs it by a pipe may leave that full; requests are answered as well."""
    app = make_app({"src/http/get-index/index.py": LOUD})
    with started_on_a_pipe(app, error=subprocess.DEVNULL) as (run, url, _):
        answers = [httpx.get(url).text for _ in range(4)]
        run.terminate()

        assert (answers, run.wait(20)) == (["well"] * 4, 0)


def test_start_ends_quietly_where_its_reader_has_gone(
    make_app: Any, tmp_path: Path
) -> None:
    """As with `arc-sandbox start | head -1`: what could not be said stays unsaid."""
    app = make_app({"src/http/get-index/index.py": LOUD})
    with (
        (tmp_path / "errors").open("w+b") as errors,
        started_on_a_pipe(app, error=errors) as (run, url, reader),
    ):
        os.dup2(errors.fileno(), reader)  # in place of the pipe's end
        answer = httpx.get(url).text
        run.terminate()

        assert (answer, run.wait(20)) == ("well", 0)
        assert (tmp_path / "errors").read_bytes() == b""
