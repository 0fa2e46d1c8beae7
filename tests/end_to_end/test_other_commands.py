"""Commands that find the sandbox that `arc-sandbox start` runs in another process."""

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what a developer types for other machines
SOCKETS = Path("/proc/net/tcp")
FILES = {"src/http/get-index/index.py": "def handler(r, c):\n    return {'ok': True}\n"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home folder of its own, which is not the app's."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def ask(command: Any, home: Path) -> Callable[..., str]:
    """Give a function that runs a command in an app, and gives its output."""

    def run(app: Any, *arguments: str, code: int = 0) -> str:
        one = command(*arguments, cwd=app.root, environ={"HOME": str(home)})
        assert one.wait() == code, one.output
        output: str = one.output
        return output

    return run


def start(command: Any, app: Any, home: Path, wait_until: Any, *flags: str) -> Any:
    one = command("start", *flags, cwd=app.root, environ={"HOME": str(home)})
    wait_until(lambda: "Local environment ready" in one.output, what="the banner")
    return one


def ready_files(home: Path) -> list[Path]:
    return list((home / ".local/state/arc-sandbox").glob("*.json"))


def test_commands_find_the_sandbox_until_it_ends(
    make_app: Any, command: Any, ask: Any, home: Path, wait_until: Any
) -> None:
    """The clock is moved from another shell; at the end nothing is left behind."""
    app = make_app(FILES)
    started = start(command, app, home, wait_until)

    moved = ask(app, "time", "advance", "8d")
    wait_until(lambda: "8 days ahead of real time" in started.output)
    in_app = sorted(path.name for path in app.root.iterdir())
    started.send(signal.SIGINT)
    assert started.wait() == 0

    assert "8 days ahead of real time" in moved
    assert ready_files(home) == []
    assert in_app == ["app.arc", "src"]
    assert "No sandbox is running" in ask(app, "time", code=1)


def test_a_killed_sandbox_is_not_found(
    make_app: Any, command: Any, ask: Any, home: Path, wait_until: Any
) -> None:
    """What it left is ignored, and cleaned."""
    app = make_app(FILES)
    started = start(command, app, home, wait_until)
    assert len(ready_files(home)) == 1

    started.send(signal.SIGKILL)
    started.wait()

    assert "No sandbox is running" in ask(app, "sessions", "list", code=1)
    assert ready_files(home) == []


@pytest.mark.parametrize("flags", [("--host", EVERY_ADDRESS), ("--quiet",)])
def test_an_exposed_inspector_prints_its_token(
    make_app: Any,
    command: Any,
    ask: Any,
    home: Path,
    wait_until: Any,
    flags: tuple[str, ...],
) -> None:
    """Other machines need it, and commands of this one have it."""
    app = make_app(FILES)
    started = start(command, app, home, wait_until, "--expose-inspector", *flags)
    found = re.search(r"(http://localhost:\d+)/\?token=([\w-]+)", started.output)
    assert found is not None
    url, token = found.groups()

    without = httpx.get(f"{url}/api/clock").status_code
    bearer = {"Authorization": f"Bearer {token}"}
    with_token = httpx.get(f"{url}/api/clock", headers=bearer).status_code
    signed_in = httpx.get(f"{url}/?token={token}")

    assert (without, with_token, signed_in.status_code) == (401, 200, 303)
    assert "real time" in ask(app, "time")


@pytest.mark.skipif(not SOCKETS.exists(), reason="only Linux lists its sockets here")
def test_an_open_app_leaves_the_inspector_closed(
    make_app: Any, command: Any, home: Path, wait_until: Any
) -> None:
    """--host opens the app's port alone."""
    app = make_app(FILES)
    started = start(command, app, home, wait_until, "--host", EVERY_ADDRESS)
    found = re.search(r"inspector +http://localhost:(\d+)", started.output)
    assert found is not None

    listening = SOCKETS.read_text()

    port = f"{int(found.group(1)):04X}"
    assert f"0100007F:{port}" in listening
    assert f"00000000:{port}" not in listening
