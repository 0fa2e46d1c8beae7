"""Where a running sandbox is found: a small file outside the app's folder.

`arc-sandbox start` writes it once everything answers, and removes it at its end. It is
named after the app's folder, so that other commands find the sandbox of the app that
they are called in. Only its owner can read it, as it holds the inspector's token.
"""

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.errors import WorldError, writing_remedy
from sandbox.private_file import write_private

_FOLDER_MODE = 0o700
_NAME_DIGITS = 32
_ELSEWHERE = "Set XDG_STATE_HOME to a folder that can be."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyFile:
    """What a running sandbox tells about itself."""

    root: str
    """The app's folder, absolute."""
    pid: int
    url: str
    """The app's address."""
    internal_url: str
    """The inspector's address."""
    token: str | None = None
    """What the inspector asks for; None where it asks for none."""


def ready_folder(environ: Mapping[str, str], home: Path | None) -> Path:
    """Give the folder of ready files (XDG Base Directory Specification, state home).

    Args:
        environ: the variables of the process; XDG_STATE_HOME counts if absolute.
        home: the developer's home folder, or None where the system has none.
    """
    state = environ.get("XDG_STATE_HOME", "")
    if Path(state).is_absolute():
        return Path(state) / "arc-sandbox"
    if home is not None:
        return home / ".local" / "state" / "arc-sandbox"
    return Path(tempfile.gettempdir()) / f"arc-sandbox-{os.getuid()}"


def write_ready_file(folder: Path, ready: ReadyFile) -> None:
    """Write the file in one step; that of an older sandbox of the app gives way.

    Raises:
        WorldError: the folder cannot be used, or is another user's.
    """
    path = _path(folder, ready)
    try:
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        _refuse_shared(folder)
        write_private(path, json.dumps(asdict(ready)).encode())
        _clean(folder)
    except OSError as error:
        raise WorldError(
            f'The folder "{folder}" cannot be written: {error.strerror}.',
            remedy=writing_remedy(error, _ELSEWHERE),
        ) from error


def remove_ready_file(folder: Path, ready: ReadyFile) -> None:
    """Remove the file of a sandbox, unless another one has taken its place.

    One that cannot be removed is nobody's as soon as the process has ended.
    """
    path = _path(folder, ready)
    if _read(path) == ready:
        with contextlib.suppress(OSError):
            path.unlink()


def find_ready_file(folder: Path, root: Path) -> ReadyFile | None:
    """Give what the app's running sandbox wrote, or None where none runs.

    Of several the one that was started last; what a killed one left is removed.

    Raises:
        WorldError: the folder is another user's, or cannot be read.
    """
    paths = sorted(_files_of(root, folder), key=_age_ns)
    if paths:
        _refuse_shared(folder)
    for path in paths:
        found = _read(path)
        if found is not None and _is_alive(found.pid):
            return found
        with contextlib.suppress(OSError):
            path.unlink()
    return None


def state_folder(root: Path, *, home: Path | None, shell: Mapping[str, str]) -> Path:
    """Give the folder for what is kept of the app in `root`; it need not exist."""
    return ready_folder(shell, home) / _digest(root)


def _path(folder: Path, ready: ReadyFile) -> Path:
    """Give the file of one sandbox: an app may have several."""
    return folder / f"{_digest(Path(ready.root))}-{ready.pid}.json"


def _files_of(root: Path, folder: Path) -> list[Path]:
    """Give the files of an app's sandboxes; none where there is no such folder."""
    try:
        paths = list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise WorldError(
            f'The folder "{folder}" cannot be read: {error.strerror}.',
            remedy=_ELSEWHERE,
        ) from error
    pattern = f"{_digest(root)}-*.json"
    return [path for path in paths if path.match(pattern)]


def _age_ns(path: Path) -> int:
    """Give what sorts the newest first; what has just gone comes last."""
    try:
        return -path.stat().st_mtime_ns
    except OSError:
        return 0


def _digest(root: Path) -> str:
    digest = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()
    return digest[:_NAME_DIGITS]


def _read(path: Path) -> ReadyFile | None:
    """Read a file; None where it is gone, or not one of ours."""
    try:
        ready = ReadyFile(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    texts = (ready.root, ready.url, ready.internal_url, ready.token or "")
    is_ours = isinstance(ready.pid, int) and all(isinstance(t, str) for t in texts)
    return ready if is_ours else None


def _clean(folder: Path) -> None:
    """Remove the files of sandboxes whose processes have ended."""
    for path in folder.glob("*.json"):
        found = _read(path)
        if found is not None and not _is_alive(found.pid):
            with contextlib.suppress(OSError):
                path.unlink()


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return False  # these would name groups of processes
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True  # a process of somebody else's; its answer will tell
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _refuse_shared(folder: Path) -> None:
    """Refuse a folder in which another user could leave a file for us to believe."""
    facts = folder.lstat()
    is_ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()
    if is_ours and not facts.st_mode & 0o077:
        return
    if is_ours:
        folder.chmod(_FOLDER_MODE)
        return
    raise WorldError(
        f'The folder "{folder}" belongs to another user.',
        remedy="Remove it, or set XDG_STATE_HOME to a folder of your own.",
    )
