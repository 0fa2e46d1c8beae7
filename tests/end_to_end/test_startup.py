"""`@sandbox-start`: the developer's commands once everything answers."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.processes import children_of, is_alive

pytestmark = pytest.mark.slow

HELLO = 'def handler(event, context):\n    return "hello"\n'
SCRIPT = """import json, os, urllib.request
ports = json.loads(os.environ["ARC_SANDBOX"])["ports"]
with urllib.request.urlopen(f"http://localhost:{ports['http']}/") as answer:
    print("answered", answer.read().decode())
names = ("ARC_ENV", "ARC_APP_NAME", "MINE", "SHELLS", "AWS_ACCESS_KEY_ID")
seen = {name: os.environ[name] for name in names}
seen["inv"] = json.loads(os.environ["ARC_INV"])
seen["raw"] = json.loads(os.environ["ARC_RAW"])
json.dump(seen, open("seen.json", "w"))
"""


def files(*commands: str) -> dict[str, str]:
    """Give an app whose preferences name these commands."""
    listed = "\n".join(commands)
    return {
        "src/http/get-index/index.py": HELLO,
        "prefs.arc": f"@env\ntesting\n  MINE yes\n\n@sandbox-start\n{listed}\n",
        "script.py": SCRIPT,
        "fail.sh": "echo about to fail\nexit 3\n",
    }


def test_commands_run_after_boot_and_see_the_app(make_app: Any, start: Any) -> None:
    """The app answers them; variables, inventory and manifest are there."""
    app = make_app(files("python3 script.py", "echo second"))
    run = start(cwd=app.root, environ={"SHELLS": "too"})

    assert "ran python3 script.py\n    answered" in run.output
    assert run.output.index("answered") < run.output.index("ran echo second")
    seen = json.loads((app.root / "seen.json").read_text())
    assert seen["ARC_ENV"] == "testing"
    assert seen["ARC_APP_NAME"] == "testapp"
    assert (seen["MINE"], seen["SHELLS"]) == ("yes", "too")
    assert seen["AWS_ACCESS_KEY_ID"] == "arcDummyAccessKey"
    assert seen["raw"]["http"] == [["get", "/"]]
    assert seen["inv"]["_project"]["arc"] == seen["raw"]


def test_a_failing_command_stops_the_start(make_app: Any, command: Any) -> None:
    """With its output and its code; what follows is not run."""
    app = make_app(files("sh fail.sh", "touch never"))
    run = command("start", cwd=app.root)

    assert run.wait() == 1
    assert "ended with exit code 3" in run.output
    assert "about to fail" in run.output
    assert "ready at" not in run.output
    assert not (app.root / "never").exists()


def test_a_command_that_cannot_begin_stops_the_start(
    make_app: Any, command: Any
) -> None:
    """No system gives a program a variable with a NUL in it."""
    app = make_app(files("touch never") | {".env": "A=x\0y\n"})
    run = command("start", cwd=app.root)

    assert run.wait() == 1
    assert "cannot run: embedded null byte. Look at the command" in run.output
    assert not (app.root / "never").exists()


def test_commands_run_once_not_at_each_reload(
    make_app: Any, start: Any, wait_until: Callable[..., None]
) -> None:
    """A save is no start."""
    app = make_app(files("sh run.sh") | {"run.sh": "echo x >> runs"})
    run = start("-v", cwd=app.root)
    manifest: Path = app.root / "app.arc"
    manifest.write_text(manifest.read_text() + "\n@static\n")
    app.write({"src/http/get-index/index.py": HELLO.replace("hello", "new")})
    wait_until(lambda: "is warm with its new code" in run.output)

    assert (app.root / "runs").read_text() == "x\n"


def test_the_older_pragma_counts_too(make_app: Any, command: Any) -> None:
    """`@sandbox-startup`."""
    preferences = "@sandbox-startup\nsh fail.sh\n"
    app = make_app(files() | {"prefs.arc": preferences})

    run = command("start", cwd=app.root)

    assert run.wait() == 1
    assert "exit code 3" in run.output


SLOW = {
    "willing.sh": "touch begun\nsleep 47\ntrue\n",
    "stubborn.sh": "trap '' TERM\ntouch begun\nwhile true; do sleep 0.1; done\n",
}


@pytest.mark.parametrize(
    "commands",
    [("sh willing.sh", "touch never"), ("sh stubborn.sh",)],
    ids=["willing", "stubborn"],
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_command_and_the_start(
    make_app: Any,
    command: Any,
    wait_until: Callable[..., None],
    commands: tuple[str, ...],
    number: signal.Signals,
) -> None:
    """With all that the command has started; nobody is told that the app is ready."""
    app = make_app(files(*commands) | SLOW)
    run = command("start", cwd=app.root)
    wait_until((app.root / "begun").exists, what="the command")
    below = children_of(run.pid)

    run.send(number)

    assert run.wait() == 0
    assert run.output.endswith("Stopped.\n")
    assert "ready at" not in run.output
    assert "inspector" not in run.output
    assert not (app.root / "never").exists()
    wait_until(lambda: not any(map(is_alive, below)), what="no process")


def test_an_interrupt_in_the_terminal_ends_the_command(
    make_app: Any, start_in_terminal: Any, wait_until: Callable[..., None]
) -> None:
    """Ctrl-C, as a person presses it."""
    app = make_app(files("sh willing.sh") | SLOW)
    terminal = start_in_terminal(app)
    wait_until((app.root / "begun").exists, what="the command")
    below = children_of(terminal.pid)

    terminal.type("\x03")

    wait_until(lambda: "Stopped." in terminal.shown)
    assert "ready at" not in terminal.shown
    wait_until(lambda: not any(map(is_alive, below)), what="no process")
