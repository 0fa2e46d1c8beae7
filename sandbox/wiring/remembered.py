"""What one look through an app's code has taught, kept for the next one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sandbox.wiring.imports import ImportReader

if TYPE_CHECKING:
    from sandbox.wiring.installed import InstalledPackages

_Stamp: TypeAlias = tuple[tuple[str, int | None], ...]
"""When each folder last got or lost an entry, in nanoseconds; None: there is none."""


class Remembered:
    """Files' imports and what is installed. Safe between threads."""

    def __init__(self) -> None:
        self.imports = ImportReader()
        self._packages: tuple[_Stamp, InstalledPackages] | None = None

    def packages_in(self, path: Sequence[str]) -> "InstalledPackages":
        """Give what is installed on a path, read anew where pip has been at work."""
        stamp = tuple((folder, _changed_at(folder)) for folder in path)
        known = self._packages
        if known is not None and known[0] == stamp:
            return known[1]
        # What reads pip's notes takes 40 ms to import, and most apps never need it.
        from sandbox.wiring.installed import InstalledPackages

        packages = InstalledPackages(path)
        self._packages = stamp, packages
        return packages


def _changed_at(folder: str) -> int | None:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return None
