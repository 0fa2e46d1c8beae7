"""Handlers under a debugger and under coverage, as a developer has them."""

import json
import os
import re
import socket
import threading
from collections.abc import Callable
from typing import Any

import coverage
import httpx
import pytest

from sandbox.exchange import Returned

pytestmark = pytest.mark.slow

STOPPED = """def handler(event, context):
    name = "world"
    breakpoint()
    name = name.upper()
    return {"statusCode": 200, "body": name}
"""
COUNTED = """def handler(event, context):
    if event.get("never"):
        return "unreached"
    return "reached"
"""
CONFIG = "@aws\ntimeout 1\n"


class Visit(threading.Thread):  # noqa: TID251 - a test's own
    """A request that takes as long as its handler is debugged."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.answer = httpx.Response(0)

    def run(self) -> None:
        self.answer = httpx.get(self._url, timeout=60)


@pytest.fixture
def terminal(
    make_app: Any, start_in_terminal: Any, wait_until: Callable[..., None]
) -> Any:
    """Give a sandbox in a terminal; its handler stops, and may take a second."""
    files = {"index.py": STOPPED, "config.arc": CONFIG}
    app = make_app({f"src/http/get-index/{name}": files[name] for name in files})
    started = start_in_terminal(app)
    wait_until(lambda: "Press ? for the keys" in started.shown, what="the keys")
    return started


@pytest.fixture
def visit(terminal: Any, wait_until: Callable[..., None]) -> Any:
    """Give a request whose handler waits at its breakpoint."""
    found = re.search(r"ready at (http://localhost:\d+)", terminal.shown)
    assert found
    request = Visit(found[1])
    request.start()
    wait_until(lambda: "(Pdb)" in terminal.shown, what="a prompt")
    return request


def test_breakpoint_opens_pdb_in_the_terminal(
    terminal: Any, visit: Visit, wait_until: Callable[..., None]
) -> None:
    """Lines are edited and echoed there; keys mean nothing meanwhile."""
    assert terminal.is_plain
    terminal.type("p name\n")
    wait_until(lambda: "'world'" in terminal.shown)
    terminal.type("!name = 'changed'\n")
    wait_until(lambda: terminal.shown.count("(Pdb)") == 3)
    terminal.type("n\n")
    wait_until(lambda: terminal.shown.count("(Pdb)") == 4)
    terminal.type("c\n")
    visit.join(30)

    assert visit.answer.text == "CHANGED"
    wait_until(lambda: not terminal.is_plain)
    terminal.type("?")
    wait_until(lambda: "list the sessions" in terminal.shown)


def test_the_time_limit_waits_with_the_handler(terminal: Any, visit: Visit) -> None:
    """A function of one second is looked at for longer than that."""
    began = visit.is_alive()
    pause = threading.Event()
    pause.wait(1.5)  # longer than the limit: nothing may happen, so nothing tells
    terminal.type("c\n")
    visit.join(30)

    assert began
    assert visit.answer.text == "WORLD"


def test_lines_are_held_back_meanwhile(
    terminal: Any, visit: Visit, wait_until: Callable[..., None]
) -> None:
    """Another request does not write into the prompt; its line comes afterwards."""
    httpx.get(f"{visit._url}/unknown", timeout=30)  # noqa: SLF001 - a test's own class
    assert "/unknown" not in terminal.shown

    terminal.type("c\n")
    visit.join(30)

    wait_until(lambda: "/unknown" in terminal.shown)


def test_stepping_ends_with_the_handler(
    terminal: Any, visit: Visit, wait_until: Callable[..., None]
) -> None:
    """What follows is the sandbox's code, not the developer's."""
    terminal.type("r\n")
    wait_until(lambda: "(Pdb)" in terminal.shown.partition("--Return--")[2])
    terminal.type("n\n")
    visit.join(30)

    assert visit.answer.text == "WORLD"


def test_breakpoint_is_ignored_without_a_terminal(make_app: Any, serve: Any) -> None:
    """With one warning a worker."""
    app = make_app({"src/http/get-index/index.py": STOPPED})
    sandbox = serve(app).sandbox

    first, second = sandbox.invoke("get /", {}), sandbox.invoke("get /", {})

    assert isinstance(first.outcome, Returned)
    assert "breakpoint() is ignored" in first.output
    assert second.output == ""


@pytest.mark.parametrize("capture", ["fd", "no"])
def test_breakpoint_opens_pdb_in_a_run_of_pytest(
    make_app: Any,
    run_in_terminal: Any,
    wait_until: Callable[..., None],
    capture: str,
) -> None:
    """Whatever pytest captures, which it does again afterwards."""
    app = make_app({"src/http/get-index/index.py": STOPPED})
    tests = app.root / "test_it.py"
    tests.write_text(
        "def test_it(arc_client):\n"
        "    print('before')\n"
        "    assert arc_client.get('/').text == 'CHANGED'\n"
        "    print('after')\n"
    )
    few = ("-p", "no:randomly", "-p", "no:asyncio", "-p", "no:cacheprovider")
    terminal = run_in_terminal(
        *("-m", "pytest", "-q", f"--capture={capture}", *few, str(tests)),
        cwd=app.root,
        environ={"PATH": os.environ["PATH"]},  # noqa: TID251 - what a shell gives
    )

    wait_until(lambda: "(Pdb)" in terminal.shown, what="a prompt")
    terminal.type("p name\n")
    wait_until(lambda: "'world'" in terminal.shown)
    terminal.type("!name = 'changed'\n")
    wait_until(lambda: terminal.shown.count("(Pdb)") == 3)
    terminal.type("c\n")
    wait_until(lambda: "1 passed" in terminal.shown, what="the end")

    assert ("after" in terminal.shown) is (capture == "no")


class Editor:
    """As much of the Debug Adapter Protocol as an editor needs to attach and stop."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._file = self._socket.makefile("rb")
        self._sequence = 0

    def ask(self, command: str, **arguments: Any) -> None:
        self._sequence += 1
        message = {"seq": self._sequence, "type": "request", "command": command}
        body = json.dumps({**message, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def wait(self, kind: str, name: str) -> dict[str, Any]:
        """Read on to a response or an event of that name."""
        key = "command" if kind == "response" else "event"
        while True:
            length = 0
            while (line := self._file.readline().strip()) != b"":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            message: dict[str, Any] = json.loads(self._file.read(length))
            if message["type"] == kind and message.get(key) == name:
                return message

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def test_an_editor_stops_a_python_handler(make_app: Any, start: Any) -> None:
    """By debugpy, at the port that the terminal names; no time limit ends it."""
    app = make_app({"src/http/get-index/index.py": COUNTED})
    run = start("--debugger", "15678", cwd=app.root)
    assert httpx.get(run.url, timeout=60).text == "reached"
    found = re.search(r"get / listens for a debugger at port (\d+)", run.output)
    assert found

    editor = Editor(int(found[1]))
    editor.ask("initialize", adapterID="test")
    editor.wait("response", "initialize")
    editor.ask("attach", justMyCode=False)
    editor.wait("event", "initialized")
    source = {"path": str(app.root / "src/http/get-index/index.py")}
    editor.ask("setBreakpoints", source=source, breakpoints=[{"line": 4}])
    editor.wait("response", "setBreakpoints")
    editor.ask("configurationDone")
    editor.wait("response", "configurationDone")
    visit = Visit(run.url)
    visit.start()
    stopped = editor.wait("event", "stopped")
    editor.ask("continue", threadId=stopped["body"]["threadId"])
    visit.join(30)
    editor.close()

    assert stopped["body"]["reason"] == "breakpoint"
    assert visit.answer.text == "reached"


def test_a_node_worker_is_inspected(
    make_app: Any,
    start: Any,
    find_program: Callable[[str], str],
) -> None:
    """Node's own inspector answers at the port that the terminal names."""
    find_program("node")
    handler = "exports.handler = async () => ({ statusCode: 200, body: 'node' })"
    files = {"index.cjs": handler, "config.arc": "@aws\nruntime nodejs22.x\n"}
    app = make_app({f"src/http/get-index/{name}": files[name] for name in files})
    run = start("--debugger", "16678", cwd=app.root)
    assert httpx.get(run.url, timeout=60).text == "node"
    found = re.search(r"get / listens for a debugger at port (\d+)", run.output)
    assert found

    targets = httpx.get(f"http://127.0.0.1:{found[1]}/json").json()

    assert targets[0]["type"] == "node"


def test_coverage_sees_what_handlers_run(make_app: Any, serve: Any) -> None:
    """Forked workers write their own files as they are asked to end."""
    app = make_app({"src/http/get-index/index.py": COUNTED})
    settings = app.root / ".coveragerc"
    data_file = app.root / ".coverage"
    settings.write_text(f"[run]\nparallel = true\ndata_file = {data_file}\n")
    path = os.environ["PATH"]  # noqa: TID251 - what a shell gives
    variables = {"PATH": path, "COVERAGE_PROCESS_START": str(settings)}
    served = serve(app, shell=variables)
    assert served.client.get("/").text == "reached"
    served.sandbox.close()

    combined = coverage.Coverage(data_file=str(data_file), config_file=False)
    combined.combine([str(app.root)])
    lines = combined.get_data().lines(str(app.root / "src/http/get-index/index.py"))

    assert sorted(lines or ()) == [1, 2, 4]
