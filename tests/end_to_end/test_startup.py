"""`@sandbox-start`: the developer's commands once everything answers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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


def test_commands_run_after_boot_and_see_the_app(
    make_app: Any, command: Any, wait_until: Callable[..., None]
) -> None:
    """The app answers them; variables, inventory and manifest are there."""
    app = make_app(files("python3 script.py", "echo second"))
    run = command("start", cwd=app.root, environ={"SHELLS": "too"})
    wait_until(lambda: "ready" in run.output, what="ready")

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


def test_commands_run_once_not_at_each_reload(
    make_app: Any, command: Any, wait_until: Callable[..., None]
) -> None:
    """A save is no start."""
    app = make_app(files("sh run.sh") | {"run.sh": "echo x >> runs"})
    run = command("start", "-v", cwd=app.root)
    wait_until(lambda: "ready" in run.output, what="ready")
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
