"""Takes a port, says which process holds it, where the system tells (Linux)."""

import socket
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_LISTENING = "0A"
_SOCK_DIAG = 4
_BY_FAMILY = 20
_ASKED = 1
_ANY_STATE = _ANY_COOKIE = 0xFFFFFFFF
_HEADER = struct.Struct("=IHHII")
_KIND = struct.Struct("=BBBxI")
_ENDS = struct.Struct("!HH4s12x4s12x")
_REST = struct.Struct("=III")
_INODE = struct.Struct("=84xI")
_LOOPBACK = socket.inet_aton("127.0.0.1")


def describe_port_holder(port: int, *, proc: Path = Path("/proc")) -> str:
    """Give `process 4711 ("node server.js")`, or "" where the system does not tell."""
    inodes = _listening_inodes(port, proc)
    if not inodes:
        return ""
    for folder in proc.glob("[0-9]*"):
        if _holds_any(folder, inodes):
            return f'process {folder.name} ("{_command(folder)}")'
    return ""


def connection_holder(port: int, *, peer_port: int, pids: Iterable[int]) -> int | None:
    """Give which process has one end of a connection within this machine.

    None where it is none of those that are asked, or the system does not tell.

    Args:
        port: of that end, on 127.0.0.1.
        peer_port: of the other end, likewise.
        pids: the processes that are asked.
    """
    inode = _connection_inode(port, peer_port)
    if inode is None:
        return None
    holders = (pid for pid in pids if _holds_any(Path(f"/proc/{pid}"), {inode}))
    return next(holders, None)


def _connection_inode(port: int, peer_port: int) -> str | None:
    """Ask the kernel for one socket (sock_diag(7)).

    To look for it in net/tcp takes milliseconds, for which a handler would wait.
    """
    if sys.platform != "linux":
        return None
    question = (
        _KIND.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, _ANY_STATE)
        + _ENDS.pack(port, peer_port, _LOOPBACK, _LOOPBACK)
        + _REST.pack(0, _ANY_COOKIE, _ANY_COOKIE)
    )
    size = _HEADER.size + len(question)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _SOCK_DIAG) as kernel:
            kernel.settimeout(1)
            kernel.send(_HEADER.pack(size, _BY_FAMILY, _ASKED, 0, 0) + question)
            answer = kernel.recv(4096)
    except OSError:  # no such thing in this container
        return None
    _, kind, *_ = _HEADER.unpack_from(answer)
    if kind != _BY_FAMILY:
        return None
    (inode,) = _INODE.unpack_from(answer)
    return f"socket:[{inode}]"


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
        descriptors = tuple((folder / "fd").iterdir())
    except OSError:
        return False  # another user's process, or one that has just ended
    return any(_target(each) in inodes for each in descriptors)


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:
        return ""  # closed meanwhile


def _command(folder: Path) -> str:
    words = _read(folder / "cmdline").replace("\0", " ").strip()
    return words if len(words) <= 80 else f"{words[:79]}…"


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
