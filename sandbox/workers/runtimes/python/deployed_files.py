"""Files as deployed: takes a path below `vendor/`, gives where the file is.

Architect copies the shared and views folders into each function, so that a template is
read from `vendor/views` (`@architect/hydrate`, "shared"). Here Python's functions on
paths are led to the folders where they are, and `vendor` is seen even where only these
would be in it: nothing is written, and an edit is seen. Programs that a handler starts,
and libraries of C that open files by themselves (sqlite3), see the function's folder as
it is on disk.
"""

import builtins
import functools
import io
import itertools
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

from sandbox.workers.runtimes.python import os_functions

_VENDOR = "vendor"
_LOOKS = ("access", "getxattr", "listxattr", "lstat", "readlink", "stat")
"""Functions of `os` by which Python and its library find out what a path is. Those on
attributes are Linux's alone."""
_PATH_NAMES = frozenset({"path", "file"})
"""What they and `open` call their first argument."""


class DeployedFiles:
    """Where the files of one function are.

    Args:
        folder: the function's, absolute.
        mounts: names below `vendor/` and the folders they stand for; before these,
            names of files inside.
    """

    def __init__(self, folder: str, mounts: Mapping[str, str]) -> None:
        self._folder = folder
        self._vendor = f"{folder}/{_VENDOR}"
        self._links = {f"{self._vendor}/{n}": path for n, path in mounts.items()}
        self._lstat = os.lstat

    def install(self) -> None:
        """Lead `open` and its like there from now on."""
        if not self._links:
            return
        look = functools.partial(_led_by, self.find_look_alike)
        for name in filter(functools.partial(hasattr, os), _LOOKS):
            os_functions.replace(name, look)
        os_functions.replace("listdir", self._listdir)
        os_functions.replace("scandir", self._scandir)
        lead = functools.partial(_led_by, self.find)
        os_functions.replace("open", lead)
        builtins.open = io.open = functools.wraps(io.open)(lead(io.open))

    def _listdir(self, listdir: Callable[..., list[Any]]) -> Callable[..., Any]:
        def call(path: Any = None) -> list[Any]:
            mounts = self._mounts_in(path)
            if not mounts:
                return listdir(self.find(path))
            names = listdir(path) if self._is_there(self._vendor) else []
            return names + [_like(path, os.path.basename(link)) for link in mounts]

        return call

    def _scandir(self, scandir: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any = None) -> Any:
            mounts = self._mounts_in(path)
            if not mounts:
                found = self.find(path)
                entries = scandir(found)
                return entries if found is path else _Entries(entries, led_from=path)
            on_disk = scandir(path) if self._is_there(self._vendor) else nullcontext(())
            return _Entries(on_disk, [_MountedFolder(path, link) for link in mounts])

        return call

    def find(self, path: Any) -> Any:
        """Give the path of what a function would find there; else what was given."""
        whole = self._whole(path)
        for link, folder in self._links.items() if whole else ():
            is_inside = whole == link or whole.startswith(f"{link}/")
            if is_inside and not self._is_there(link):
                return _like(path, folder + whole[len(link) :])
        return path

    def find_look_alike(self, path: Any) -> Any:
        """Give the same, and for a `vendor` that is not on disk a folder like it."""
        if self._whole(path) == self._vendor and not self._is_there(self._vendor):
            return _like(path, self._folder)
        return self.find(path)

    def _mounts_in(self, path: Any) -> list[str]:
        """Give the links that a folder would have when deployed, and lacks on disk."""
        if self._whole(path) != self._vendor:
            return []
        return [
            link
            for link, folder in self._links.items()
            if os.path.dirname(link) == self._vendor
            and self._is_there(folder)
            and not self._is_there(link)
        ]

    def _whole(self, path: Any) -> str:
        """Give an absolute path; empty for what surely is not below `vendor`."""
        if not isinstance(path, str | bytes | os.PathLike):
            return ""
        text = os.fsdecode(path)
        if _VENDOR not in text:
            return ""
        try:
            return os.path.normpath(os.path.join(os.getcwd(), text))
        except OSError:  # the working folder is gone
            return ""

    def _is_there(self, path: str) -> bool:
        try:
            self._lstat(path)
        except OSError:
            return False
        return True


def _led_by(
    find: Callable[[Any], Any], function: Callable[..., Any]
) -> Callable[..., Any]:
    """Give a function on paths, led to where `find` says that they are."""

    def call(*arguments: Any, **settings: Any) -> Any:
        if settings.get("dir_fd") is not None:
            return function(*arguments, **settings)
        if arguments:
            return function(find(arguments[0]), *arguments[1:], **settings)
        for name in _PATH_NAMES & settings.keys():
            settings[name] = find(settings[name])
        return function(**settings)

    return call


class _MountedFolder:
    """What `os.scandir` says of a folder that stands in `vendor`: an `os.DirEntry`."""

    def __init__(self, parent: Any, link: str) -> None:
        self.name = _like(parent, os.path.basename(link))
        self.path = os.path.join(os.fspath(parent), self.name)

    def __fspath__(self) -> Any:
        return self.path

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Say that it is a folder."""
        return True

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Say that it is no file."""
        return False

    def is_symlink(self) -> bool:
        """Say that it is no link: Architect copies."""
        return False

    def is_junction(self) -> bool:
        """Say that it is none of Windows' links either (Python 3.12)."""
        return False

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Give what `os.stat` says of it."""
        return os.stat(self.path, follow_symlinks=follow_symlinks)

    def inode(self) -> int:
        """Give the folder's number."""
        return self.stat().st_ino


class _LedEntry:
    """An entry of a folder that was led to: an `os.DirEntry` with the path asked for.

    `Path.glob` goes by that path from Python 3.13 on.
    """

    def __init__(self, parent: Any, entry: Any) -> None:
        self.name = entry.name
        self.path = os.path.join(os.fspath(parent), entry.name)
        self._entry = entry

    def __fspath__(self) -> Any:
        return self.path

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entry, name)


class _Entries:
    """What `os.scandir` gives: entries on disk, and further ones.

    Args:
        on_disk: what the system gives.
        further: what is not on disk.
        led_from: the folder that was asked for, where the system had another.
    """

    def __init__(
        self,
        on_disk: AbstractContextManager[Iterable[Any]],
        further: Iterable[_MountedFolder] = (),
        *,
        led_from: Any = None,
    ) -> None:
        self._on_disk = on_disk
        entries = on_disk.__enter__()
        if led_from is not None:
            entries = (_LedEntry(led_from, entry) for entry in entries)
        self._entries = itertools.chain(entries, further)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        return next(self._entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the folder."""
        self._on_disk.__exit__(None, None, None)


def _like(path: Any, text: str) -> Any:
    """Give text as bytes where `path` is bytes."""
    return os.fsencode(text) if isinstance(path, bytes) else text
