"""Files as deployed: takes a path below `vendor/`, gives where the file is.

Architect copies the shared and views folders into each function, so that a template is
read from `vendor/views` (`@architect/hydrate`, "shared"). Here Python's functions on
paths are led to the folders where they are: nothing is written, and an edit is seen.
Programs that a handler starts see the function's folder as it is on disk.
"""

import builtins
import functools
import io
import os
from collections.abc import Callable, Mapping
from typing import Any

_VENDOR = "vendor"
_FUNCTIONS = ("access", "listdir", "lstat", "open", "scandir", "stat")
"""Those of `os` by which Python and its library find and read files."""
_PATH_NAMES = frozenset({"path", "file"})
"""What they and `open` call their first argument."""


class DeployedFiles:
    """Where the files of one function are.

    Args:
        folder: the function's, absolute.
        mounts: names below `vendor/` and the folders they stand for.
    """

    def __init__(self, folder: str, mounts: Mapping[str, str]) -> None:
        self._links = {f"{folder}/{_VENDOR}/{n}": path for n, path in mounts.items()}
        self._lstat = os.lstat

    def install(self) -> None:
        """Lead `open` and its like there from now on."""
        if not self._links:
            return
        for name in _FUNCTIONS:
            setattr(os, name, self._leading(getattr(os, name)))
        builtins.open = io.open = self._leading(io.open)

    def _leading(self, function: Callable[..., Any]) -> Any:
        @functools.wraps(function)
        def call(*arguments: Any, **settings: Any) -> Any:
            if arguments:
                return function(self.find(arguments[0]), *arguments[1:], **settings)
            for name in _PATH_NAMES & settings.keys():
                settings[name] = self.find(settings[name])
            return function(**settings)

        return call

    def find(self, path: Any) -> Any:
        """Give the path of what a function would find there; else what was given."""
        if not isinstance(path, str | bytes | os.PathLike):
            return path
        text = os.fsdecode(path)
        if _VENDOR not in text:
            return path
        try:
            whole = os.path.normpath(os.path.join(os.getcwd(), text))
        except OSError:  # the working folder is gone
            return path
        for link, folder in self._links.items():
            is_inside = whole == link or whole.startswith(f"{link}/")
            if is_inside and not self._is_there(link):
                found = folder + whole[len(link) :]
                return os.fsencode(found) if isinstance(path, bytes) else found
        return path

    def _is_there(self, path: str) -> bool:
        try:
            self._lstat(path)
        except OSError:
            return False
        return True
