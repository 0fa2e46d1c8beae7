"""What is left on the disk by a file that could not be written."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.tables.record_file import write_beside
from sandbox.tables.records import Record


def test_nothing_is_left_of_what_could_not_be_written(tmp_path: Path) -> None:
    """The file that was to be replaced stays as it is."""
    path = tmp_path / "tables"
    path.write_bytes(b"before")

    def run_out_of_room() -> Iterator[Record]:
        raise OSError(errno.ENOSPC, "No space left on device")
        yield

    with pytest.raises(OSError, match="No space left"):
        write_beside(path, run_out_of_room())

    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"before"
