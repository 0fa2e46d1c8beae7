"""Scenarios `save`, `route` and `start`: how soon new code answers."""

import contextlib
import http.client
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import apps, contenders
from tests.benchmarks.processes import ask
from tests.benchmarks.report import Measurement
from tests.benchmarks.rounds import Entry, Plan, Running, Tally, started
from tests.files import write_files

_PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.15
"""Between two edits, as long as a quick person needs at least; watchers settle."""


def save(plan: Plan) -> list[Measurement]:
    """Measure from the end of a save to the first answer that shows it."""
    tally = Tally("first answer after a save")
    handlers = {
        "bare": apps.HELLO,
        "boto3 and helper": apps.COUNT,
        "Node, bare": apps.HELLO_NODE,
    }
    if plan.peers:
        handlers["Node, helper"] = apps.COUNT_NODE
    for label, handler in handlers.items():
        with started(_architect(plan, handler, f"save-{label}")) as running:
            for number in range(plan.rounds * 3):
                for one in running:
                    time.sleep(_PAUSE_SECONDS)
                    ms = save_ms(one, handler, number)
                    tally.add(f"{label}, ms", one.entry.name, ms)
    return tally.measurements()


def route(plan: Plan) -> list[Measurement]:
    """Measure from the save of a new route to its first answer."""
    tally = Tally("new route")
    with started(_architect(plan, apps.HELLO, "route")) as running:
        for number in range(plan.rounds):
            for one in running:
                time.sleep(_PAUSE_SECONDS * 4)
                ms, refused = _new_route_ms(one, number)
                tally.add("first answer, ms", one.entry.name, ms)
                tally.add("requests of old routes refused", one.entry.name, refused)
    return tally.measurements()


def start(plan: Plan) -> list[Measurement]:
    """Measure from the command to the first answer, and `--help`."""
    tally = Tally("start")
    sizes = {n: apps.hello_app(plan.folder / f"start-{n}", routes=n) for n in (3, 300)}
    who = contenders.of_architect(plan.peers)
    for _ in range(plan.rounds):
        for routes, app in sizes.items():
            for contender in who:
                program, port = contender.start(app)
                with program:
                    seconds = program.wait_answer(port)
                figure = f"first answer, {routes} routes, ms"
                tally.add(figure, contender.name, seconds * 1000)
        tally.add("--help, ms", contenders.OURS, _help_ms())
    return tally.measurements()


def _architect(plan: Plan, handler: str, name: str) -> list[Entry]:
    """Give ours and the peer, each with an app of its own, as they are edited."""
    entries = []
    for contender in contenders.of_architect(plan.peers):
        root = plan.folder / f"{name}-{len(entries)}".replace(" ", "-")
        app = apps.hello_app(root, routes=3)
        manifest = (app / "app.arc").read_text()
        extra = {"app.arc": f"{manifest}\n{apps.SESSIONS}"}
        if handler in (apps.COUNT, apps.COUNT_NODE):
            extra[".env"] = "ARC_SESSION_TABLE_NAME=sessions\n"
            write_files(app, extra)
        if _handler_file(app, handler).suffix == ".js":
            write_files(app, {"src/http/get-index/config.arc": apps.NODE})
        if plan.peers:
            (app / "node_modules").symlink_to(plan.peers.node_modules)
        _handler_file(app, handler).write_text(handler)
        entries.append(Entry(contender=contender, app=app))
    return entries


def _handler_file(app: Path, handler: str) -> Path:
    name = "index.js" if "exports.handler" in handler else "index.py"
    return app / "src/http/get-index" / name


def save_ms(one: Running, handler: str, number: int) -> float:
    """Save another handler; give the milliseconds until it answers."""
    # Of another length each time: the peer runs stale bytecode where size and second
    # of two saves are the same.
    mark = f"mark-{number * 'x'}-"
    if handler in (apps.HELLO, apps.HELLO_NODE):
        text = handler.replace("world", mark)
    elif handler == apps.COUNT:
        text = handler.replace('"count": session', f'"{mark}": session')
    else:
        text = handler.replace("{ count: session", f"{{ '{mark}': session")
    file = _handler_file(one.entry.app, handler)
    file.write_text(text)
    saved = time.perf_counter()
    _wait(lambda: mark.encode() in ask(one.port, "GET", "/")[1], file)
    return (time.perf_counter() - saved) * 1000


def _new_route_ms(one: Running, number: int) -> tuple[float, int]:
    """Give the milliseconds, and how many requests of an old route went wrong."""
    path = f"/new{number}"
    app = one.entry.app
    write_files(app, {f"src/http/get-new{number}/index.py": apps.HELLO})
    manifest = (app / "app.arc").read_text()
    refused = 0

    def is_there() -> bool:
        nonlocal refused
        try:
            refused += ask(one.port, "GET", "/")[0] != 200
        except (OSError, http.client.HTTPException):
            refused += 1
        return ask(one.port, "GET", path)[0] == 200

    (app / "app.arc").write_text(manifest.replace("@http\n", f"@http\nget {path}\n"))
    saved = time.perf_counter()
    _wait(is_there, app / "app.arc")
    return (time.perf_counter() - saved) * 1000, refused


def _wait(is_there: Callable[[], bool], file: Path) -> None:
    deadline = time.perf_counter() + _PATIENCE_SECONDS
    while time.perf_counter() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if is_there():
                return
    raise RuntimeError(f"the edit of {file} is never answered")


def _help_ms() -> float:
    program = Path(sys.executable).with_name("arc-sandbox")
    began = time.perf_counter()
    subprocess.run([program, "--help"], capture_output=True, check=True)
    return (time.perf_counter() - began) * 1000
