"""Files that their owner alone can read, each there completely or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PRIVATE_MODE = 0o600


@contextmanager
def new_private_file(path: Path) -> Iterator[BinaryIO]:
    """Give a new, empty file, in place of what a broken off writer has left there.

    Raises:
        OSError: as the system says, in the body too; nothing is left behind.
    """
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with os.fdopen(os.open(path, flags, PRIVATE_MODE), "wb") as file:
            yield file
    except OSError:
        path.unlink(missing_ok=True)
        raise


def write_private(path: Path, content: bytes) -> None:
    """Write a file, or replace what it holds, in one step.

    Raises:
        OSError: as the system says; what was there stays, and nothing beside it.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.new")
    with new_private_file(partial) as file:
        file.write(content)
        file.close()  # so that all of it is there before it has the name
        partial.replace(path)
