"""Seed programs in a process of their own."""

import os
import select
import shutil
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.errors import RuntimeMissingError, SeedError
from sandbox.tables.seed_program import run_seed_program

pytestmark = pytest.mark.slow

ENVIRON = {"PATH": os.environ["PATH"]}  # noqa: TID251 - says where node is


def write(folder: Path, name: str, text: str) -> Path:
    """Write a seed file."""
    file = folder / name
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    "text",
    [
        "seed = {'cats': [{'id': 'a'}]}",
        "def seed():\n    print('working')\n    return {'cats': [{'id': 'a'}]}",
        "import naming\nseed = {'cats': [{'id': naming.FIRST}]}",
    ],
)
def test_a_python_program_sets_seed(tmp_path: Path, text: str) -> None:
    """An object or a function; it may print, and import from the project."""
    write(tmp_path, "naming.py", "FIRST = 'a'")
    file = write(tmp_path, "sandbox-seed.py", text)

    assert run_seed_program(file, tmp_path, environ=ENVIRON) == {"cats": [{"id": "a"}]}


def test_python_values_that_json_lacks_survive(tmp_path: Path) -> None:
    """Decimals keep their digits, bytes and sets are what they were."""
    file = write(
        tmp_path,
        "sandbox-seed.py",
        "from decimal import Decimal\n"
        "seed = {'t': [{'d': Decimal('1.50'), 'b': b'\\xff', 's': {1, 2}, 'f': 0.1}]}",
    )

    assert run_seed_program(file, tmp_path, environ=ENVIRON) == {
        "t": [{"d": Decimal("1.50"), "b": b"\xff", "s": {1, 2}, "f": Decimal("0.1")}]
    }


def test_an_app_with_a_folder_called_sandbox_is_seeded(tmp_path: Path) -> None:
    """The app's own modules hide nothing of ours."""
    (tmp_path / "sandbox").mkdir()
    write(tmp_path / "sandbox", "__init__.py", "raise RuntimeError('not this one')")
    file = write(tmp_path, "sandbox-seed.py", "seed = {}")

    assert run_seed_program(file, tmp_path, environ=ENVIRON) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0", "line 1, in <module>\n.*failed: ZeroDivisionError"),
        ("def seed(:", "failed: SyntaxError"),
        ("rows = {}", "it sets no .*seed"),
        ("seed = {'t': [object()]}", "no type for object values"),
        ("import os; os._exit(3)", "ended with exit code 3"),
    ],
)
def test_a_python_program_that_fails_is_told(
    tmp_path: Path, text: str, message: str
) -> None:
    """The developer sees the traceback of their own lines, and what went wrong."""
    file = write(tmp_path, "sandbox-seed.py", text)

    with pytest.raises(SeedError, match=f"(?s){message}") as failure:
        run_seed_program(file, tmp_path, environ=ENVIRON)
    assert "seed_child" not in str(failure.value)


def test_a_program_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    """Starting the sandbox never hangs on a seed file."""
    file = write(tmp_path, "sandbox-seed.py", "while True: pass")

    with pytest.raises(SeedError, match=r"did not finish within 0\.3 s"):
        run_seed_program(file, tmp_path, environ=ENVIRON, timeout_seconds=0.3)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sandbox-seed.js", "module.exports = { cats: [{ id: 'a' }] }"),
        ("sandbox-seed.cjs", "module.exports = () => ({ cats: [{ id: 'a' }] })"),
        ("sandbox-seed.mjs", "export default async () => ({ cats: [{ id: 'a' }] })"),
    ],
)
def test_a_javascript_program_exports_its_rows(
    tmp_path: Path, name: str, text: str
) -> None:
    """An object or a function, in either kind of module."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")

    assert run_seed_program(write(tmp_path, name, text), tmp_path, environ=ENVIRON) == {
        "cats": [{"id": "a"}]
    }


def test_a_javascript_program_that_gives_nothing_gives_none(tmp_path: Path) -> None:
    """Whoever wanted rows of it says what is wrong with that."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    file = write(tmp_path, "sandbox-seed.mjs", "export default () => {}")

    assert run_seed_program(file, tmp_path, environ=ENVIRON) is None


def test_a_program_that_ends_early_is_told_whatever_it_printed(tmp_path: Path) -> None:
    """Its last line may be JSON of its own."""
    text = "import os\nprint('{}', flush=True)\nos._exit(3)\n"
    file = write(tmp_path, "sandbox-seed.py", text)

    with pytest.raises(SeedError, match="it ended with exit code 3"):
        run_seed_program(file, tmp_path, environ=ENVIRON)


def test_a_javascript_program_without_node_is_told(tmp_path: Path) -> None:
    """The remedy names what to install."""
    environ = {"PATH": str(tmp_path)}

    with pytest.raises(RuntimeMissingError, match=r"needs .*node"):
        run_seed_program(tmp_path / "sandbox-seed.mjs", tmp_path, environ=environ)


def test_a_program_sees_what_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the shell, where the developer's real credentials may be."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    file = write(tmp_path, "sandbox-seed.py", "import os\nseed = dict(os.environ)")

    seen = run_seed_program(file, tmp_path, environ={**ENVIRON, "OWN": "x"})

    assert isinstance(seen, dict)
    assert (seen["OWN"], "AWS_SECRET_ACCESS_KEY" in seen) == ("x", False)


@pytest.mark.parametrize("end", ["seed = {'cats': []}", "while True: pass"])
def test_what_a_program_leaves_running_is_ended(
    tmp_path: Path, wait_until: Callable[..., None], end: str
) -> None:
    """A process that still holds the program's output delays nothing, and goes too."""
    held = tmp_path / "held"
    os.mkfifo(held)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    file = write(
        tmp_path,
        "sandbox-seed.py",
        "import os, subprocess\n"
        "fd = os.open('held', os.O_WRONLY)\n"
        "subprocess.Popen(['sleep', '60'], pass_fds=[fd])\n"
        f"os.write(fd, b'x')\n{end}",
    )

    with suppress(SeedError):
        run_seed_program(file, tmp_path, environ=ENVIRON, timeout_seconds=5)

    assert os.read(reader, 1) == b"x"
    hung_up = select.poll()
    hung_up.register(reader, select.POLLIN)
    wait_until(lambda: hung_up.poll(0))
    os.close(reader)


def test_a_program_is_done_when_it_ends(tmp_path: Path) -> None:
    """Not when all that it has started lets go of its output."""
    file = write(
        tmp_path,
        "sandbox-seed.py",
        "import subprocess\nsubprocess.Popen(['sleep', '60'])\nseed = {'cats': []}",
    )

    rows = run_seed_program(file, tmp_path, environ=ENVIRON, timeout_seconds=10)

    assert rows == {"cats": []}
