"""Folders of files that tests write: most often an app's; and disks that are full."""

import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    """Write texts by their path below `root`, making folders; gives `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@contextmanager
def full_disk(size: int = 1) -> Iterator[None]:
    """Let no file of this process grow past a size in bytes, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
