"""Writes whole files of records, each there completely or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

from sandbox.errors import StorageError, writing_remedy
from sandbox.private_file import new_private_file
from sandbox.tables.records import Record, encode_record

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def make_private_folder(folder: Path) -> None:
    """Make a folder that its owner alone can read, and those above that are missing.

    Raises:
        OSError: as the system says.
    """
    for path in reversed((folder, *folder.parents)):
        if not path.exists():
            path.mkdir(mode=FOLDER_MODE, exist_ok=True)
    folder.chmod(FOLDER_MODE)


def write_beside(path: Path, records: Iterable[Record]) -> Path:
    """Write what is to replace `path` beside it, down to the disk, and give its path.

    Raises:
        OSError: as the system says; nothing is left behind.
    """
    partial = path.with_name(f"{path.name}.new")
    with new_private_file(partial) as file:
        for record in records:
            file.write(encode_record(record))
        file.flush()
        os.fsync(file.fileno())
    return partial


def sync_folder(folder: Path) -> None:
    """Have renames in a folder reach the disk.

    Raises:
        OSError: as the system says.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def storage_error(path: Path, error: OSError, *, verb: str = "written") -> StorageError:
    """Give what a developer is told about a failure."""
    return StorageError(
        f'"{path}" cannot be {verb}: {error.strerror or error}.',
        remedy=writing_remedy(error, "Set XDG_STATE_HOME to a folder that can be."),
    )
