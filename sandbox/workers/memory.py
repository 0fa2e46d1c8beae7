"""How much memory a process holds: takes its id, gives bytes."""

import os

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def resident_bytes(pid: int) -> int | None:
    """Give the resident set size of a process; None where the system does not tell.

    It is read from /proc (proc(5), `statm`), which Linux has and macOS has not.
    """
    try:
        with open(f"/proc/{pid}/statm", "rb") as statm:  # noqa: PTH123 - hot
            return int(statm.read().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError):
        return None
