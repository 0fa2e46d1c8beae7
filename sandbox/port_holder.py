"""Takes a port, says which process listens there, where /proc tells (Linux)."""

from pathlib import Path

_LISTENING = "0A"


def describe_port_holder(port: int, *, proc: Path = Path("/proc")) -> str:
    """Give `process 4711 ("node server.js")`, or "" where the system does not tell."""
    inodes = _listening_inodes(port, proc)
    if not inodes:
        return ""
    for folder in proc.glob("[0-9]*"):
        if _holds_any(folder, inodes):
            return f'process {folder.name} ("{_command(folder)}")'
    return ""


def _listening_inodes(port: int, proc: Path) -> set[str]:
    """Read the sockets listening on `port` from net/tcp (see proc(5))."""
    inodes = set()
    for table in ("tcp", "tcp6"):
        for line in _read(proc / "net" / table).splitlines()[1:]:
            columns = line.split()
            if columns[3] == _LISTENING and int(columns[1].split(":")[-1], 16) == port:
                inodes.add(f"socket:[{columns[9]}]")
    return inodes


def _holds_any(folder: Path, inodes: set[str]) -> bool:
    try:
        return any(str(fd.readlink()) in inodes for fd in (folder / "fd").iterdir())
    except OSError:
        return False  # another user's process, or one that has just ended


def _command(folder: Path) -> str:
    words = _read(folder / "cmdline").replace("\0", " ").strip()
    return words if len(words) <= 80 else f"{words[:79]}…"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
