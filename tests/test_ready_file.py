"""The file by which other commands find a running sandbox."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.errors import WorldError
from sandbox.ready_file import (
    ReadyFile,
    find_ready_file,
    ready_folder,
    remove_ready_file,
    state_folder,
    write_ready_file,
)
from tests.files import full_disk


def ready(root: Path, *, pid: int | None = None, port: int = 2222) -> ReadyFile:
    return ReadyFile(
        root=str(root),
        pid=os.getpid() if pid is None else pid,
        url="http://localhost:3333",
        internal_url=f"http://localhost:{port}",
        token="sesame",
    )


def ended_pid() -> int:
    """Give the id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])  # noqa: TID251 - it ends at once
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("environ", "home", "folder"),
    [
        ({"XDG_STATE_HOME": "/state"}, "/home/ada", "/state/arc-sandbox"),
        (
            {"XDG_STATE_HOME": "relative"},
            "/home/ada",
            "/home/ada/.local/state/arc-sandbox",
        ),
        ({"XDG_STATE_HOME": ""}, "/home/ada", "/home/ada/.local/state/arc-sandbox"),
        ({}, "/home/ada", "/home/ada/.local/state/arc-sandbox"),
    ],
)
def test_the_folder_follows_the_xdg_rules(
    environ: dict[str, str], home: str, folder: str
) -> None:
    """A relative XDG_STATE_HOME counts as none."""
    assert ready_folder(environ, Path(home)) == Path(folder)


def test_without_a_home_the_folder_is_one_users_alone() -> None:
    """Two users of a machine do not meet in its temporary folder."""
    assert str(os.getuid()) in ready_folder({}, None).name


def test_what_was_written_is_found(tmp_path: Path) -> None:
    """The app's folder is the key, by whatever way one gets there."""
    folder, app = tmp_path / "state", tmp_path / "app"
    app.mkdir()

    write_ready_file(folder, ready(app))

    assert find_ready_file(folder, app / ".." / "app") == ready(app)
    assert find_ready_file(folder, tmp_path) is None


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """It holds a token."""
    folder = tmp_path / "deep" / "state"

    write_ready_file(folder, ready(tmp_path))

    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    """A careless umask is mended before the token is written."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)

    write_ready_file(folder, ready(tmp_path))

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    """Nobody can lead the token to a place of theirs."""
    (tmp_path / "theirs").mkdir()
    link = tmp_path / "state"
    link.symlink_to(tmp_path / "theirs")

    with pytest.raises(WorldError, match="belongs to another user"):
        write_ready_file(link, ready(tmp_path))


def test_the_newer_sandbox_of_an_app_wins(tmp_path: Path) -> None:
    """And the older one's end leaves the newer one's file alone."""
    folder = tmp_path / "state"
    write_ready_file(folder, ready(tmp_path, port=1))
    write_ready_file(folder, ready(tmp_path, port=2))

    remove_ready_file(folder, ready(tmp_path, port=1))

    assert find_ready_file(folder, tmp_path) == ready(tmp_path, port=2)
    remove_ready_file(folder, ready(tmp_path, port=2))
    assert list(folder.iterdir()) == []
    remove_ready_file(folder, ready(tmp_path, port=2))


def test_the_older_sandbox_is_found_again(tmp_path: Path) -> None:
    """Once the newer one has ended."""
    folder = tmp_path / "state"
    write_ready_file(folder, ready(tmp_path, pid=os.getppid()))
    write_ready_file(folder, ready(tmp_path))

    remove_ready_file(folder, ready(tmp_path))

    assert find_ready_file(folder, tmp_path) == ready(tmp_path, pid=os.getppid())


def test_what_a_killed_sandbox_left_is_cleaned(tmp_path: Path) -> None:
    """A file whose process has ended is nobody's."""
    folder, other = tmp_path / "state", tmp_path / "other"
    write_ready_file(folder, ready(tmp_path, pid=ended_pid()))

    assert find_ready_file(folder, tmp_path) is None
    assert list(folder.iterdir()) == []

    write_ready_file(folder, ready(tmp_path, pid=ended_pid()))
    write_ready_file(folder, ready(other))
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        json.dumps({"root": "/", "pid": "1", "url": "", "internal_url": ""}),
        json.dumps({"root": "/", "pid": -1, "url": "", "internal_url": ""}),
        json.dumps({"root": "/", "pid": 10**30, "url": "", "internal_url": ""}),
        json.dumps({"root": "/", "pid": 1, "url": 1, "internal_url": ""}),
    ],
)
def test_what_is_no_ready_file_is_cleaned(tmp_path: Path, content: str) -> None:
    """A torn or foreign file reads as no sandbox."""
    folder = tmp_path / "state"
    write_ready_file(folder, ready(tmp_path))
    (file,) = folder.iterdir()
    file.write_text(content)

    assert find_ready_file(folder, tmp_path) is None
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """The remedy names the variable."""
    (tmp_path / "file").write_text("")

    with pytest.raises(WorldError) as told:
        write_ready_file(tmp_path / "file" / "state", ready(tmp_path))

    assert "XDG_STATE_HOME" in told.value.remedy


def test_a_full_disk_gets_no_half_of_a_file(tmp_path: Path) -> None:
    """Each start would leave another."""
    with full_disk(), pytest.raises(WorldError):
        write_ready_file(tmp_path / "state", ready(tmp_path))

    assert list((tmp_path / "state").iterdir()) == []


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Nobody knows then whether a sandbox runs; a loop of links keeps root out too."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    with pytest.raises(WorldError, match="cannot be read") as told:
        find_ready_file(loop / "state", tmp_path)

    assert "XDG_STATE_HOME" in told.value.remedy


def test_a_file_that_cannot_be_removed_is_no_error(tmp_path: Path) -> None:
    """The disk may be read-only by now; whose process has ended is nobody's."""
    folder = tmp_path / "state"
    write_ready_file(folder, ready(tmp_path))
    folder.chmod(0o500)
    remove_ready_file(folder, ready(tmp_path))  # only root can
    folder.chmod(0o700)
    file = folder / f"{state_folder(tmp_path, home=None, shell={}).name}-1.json"
    file.mkdir()

    assert find_ready_file(folder, tmp_path) is None
    assert file.is_dir()
