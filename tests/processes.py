"""Processes that tests look for, as Linux shows them."""

from contextlib import suppress
from pathlib import Path


def parents() -> dict[int, int]:
    """Give the parent of each process."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            fields = status.read_text().rpartition(")")[2].split()
            found[int(status.parent.name)] = int(fields[1])
    return found


def children_of(pid: int) -> set[int]:
    """Give the processes below `pid`, at any depth."""
    parent_of = parents()
    below = {pid}
    while more := {p for p, parent in parent_of.items() if parent in below} - below:
        below |= more
    return below - {pid}


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
