"""Files that are there whole, for their owner alone."""

import stat
from pathlib import Path

import pytest

from sandbox.private_file import new_private_file, write_private
from tests.files import full_disk


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    """Whatever could be read by others before."""
    file = tmp_path / "key.pem"
    file.write_bytes(b"old and longer")
    file.chmod(0o644)

    write_private(file, b"new")

    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    """And nothing beside it."""
    file = tmp_path / "key.pem"
    file.write_bytes(b"old")

    with full_disk(2), pytest.raises(OSError, match="File too large"):
        write_private(file, b"newer")

    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_name_that_cannot_be_taken_leaves_nothing(tmp_path: Path) -> None:
    """Here a folder has it."""
    folder = tmp_path / "key.pem"
    folder.mkdir()

    with pytest.raises(OSError, match="Is a directory"):
        write_private(folder, b"new")

    assert list(tmp_path.iterdir()) == [folder]


def test_what_a_broken_off_writer_left_gives_way(tmp_path: Path) -> None:
    """Its mode too, and where it leads."""
    file, elsewhere = tmp_path / "file.new", tmp_path / "elsewhere"
    elsewhere.write_bytes(b"theirs")
    file.symlink_to(elsewhere)

    with new_private_file(file) as new:
        new.write(b"ours")

    assert (file.read_bytes(), elsewhere.read_bytes()) == (b"ours", b"theirs")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
