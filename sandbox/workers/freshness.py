"""Has a file that was read changed on disk? Takes file states, compares, answers.

A state is what `os.stat` told before the file was read. Sizes and time stamps alone can
miss an edit within one tick of the file system's clock, so a file that was young when
it was read is also compared by its content, until it has grown old unchanged.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from sandbox.clock import Clock
from sandbox.folder_events import FolderEvents, Unchanged
from sandbox.workers.wire import (
    YOUNG_SECONDS,
    folder_digest,
    listing_digest,
    presence_digest,
)

Row: TypeAlias = tuple[str, str, str]
"""Path, stamp and digest, as `wire` describes them."""

_Stamp: TypeAlias = tuple[int, ...]
_ABSENT: _Stamp = ()


@dataclass(slots=True, kw_only=True)
class _Noted:
    path: str
    stamp: _Stamp
    digest: str
    digest_of: Callable[[str], str] | None
    """What the digest is made by; None for that of a file's content."""
    unsettled_until: float | None
    """Until then (monotonic) equal stamps prove nothing; None: they do."""


class Freshness:
    """The files and folders behind one worker.

    One thread at a time notes; others may look meanwhile. A look costs about two
    microseconds a file.

    Args:
        clock: tells when a file has aged.
        events: spare it most looks.
    """

    def __init__(self, clock: Clock, events: FolderEvents | None = None) -> None:
        self._clock = clock
        self._noted: dict[str, _Noted] = {}
        self._unchanged = Unchanged(events, clock, check=self._look)

    def note(
        self,
        files: Iterable[Row] = (),
        folders: Iterable[Row] = (),
        listings: Iterable[Row] = (),
        presences: Iterable[Row] = (),
    ) -> None:
        """Remember the states that a worker reported."""
        for path, stamp, digest in files:
            self._remember(path, _parse(stamp), digest)
        for path, stamp, digest in folders:
            self._remember(path, _parse(stamp), digest, folder_digest)
        for path, stamp, digest in listings:
            # The same folder may be one in which imports are looked for.
            self._remember(path, _parse(stamp), digest, listing_digest, mark="/")
        for path, stamp, digest in presences:
            # And the same file may be read.
            self._remember(path, _parse(stamp), digest, presence_digest, mark="?")
        self._follow()

    def forget(self, paths: Iterable[str]) -> None:
        """Let go of what the worker writes itself, as `disowned` names it."""
        for key in paths:
            self._noted.pop(key, None)
        self._follow()

    def is_current(self) -> bool:
        """Tell whether everything noted is still as it was."""
        return self._unchanged.still_holds()

    def _look(self) -> bool:
        """Look at each, until one is found that is another."""
        for noted in tuple(self._noted.values()):
            stamp = _stamp(noted.path)
            if stamp == noted.stamp and noted.unsettled_until is None:
                continue
            if not self._is_same(noted, stamp):
                return False
        return True

    def _follow(self) -> None:
        self._unchanged.look_at([noted.path for noted in self._noted.values()])

    def _remember(
        self,
        path: str,
        stamp: _Stamp,
        digest: str,
        digest_of: Callable[[str], str] | None = None,
        *,
        mark: str = "",
    ) -> None:
        """Keep the first state noted: what was loaded then is what the worker runs.

        A mark keeps apart what is noted of one path in two ways, as `disowned` does.
        """
        key = path + mark
        if key in self._noted:
            return
        unsettled_until = self._clock.monotonic() + YOUNG_SECONDS if digest else None
        self._noted[key] = _Noted(
            path=path,
            stamp=stamp,
            digest=digest,
            digest_of=digest_of,
            unsettled_until=unsettled_until,
        )

    def _is_same(self, noted: _Noted, stamp: _Stamp) -> bool:
        if noted.digest_of is not None:
            same = noted.digest_of(noted.path) == noted.digest
        else:
            same = stamp == noted.stamp and _content_digest(noted.path) == noted.digest
        if same:
            self._settle(noted, stamp)
        return same

    def _settle(self, noted: _Noted, stamp: _Stamp) -> None:
        """Trust the stamp from now on if the last edit it may hide is long past."""
        now = self._clock.monotonic()
        if stamp != noted.stamp:
            noted.stamp = stamp
            noted.unsettled_until = now + YOUNG_SECONDS
        elif noted.unsettled_until is not None and now > noted.unsettled_until:
            noted.unsettled_until = None


def _parse(stamp: str) -> _Stamp:
    return tuple(int(part) for part in stamp.split("-")) if stamp else _ABSENT


def _stamp(path: str) -> _Stamp:
    try:
        found = os.stat(path)  # noqa: PTH116 (a third of Path.stat's cost, and hot)
    except (OSError, ValueError):
        return _ABSENT
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _content_digest(path: str) -> str:
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError):
        return ""
    return sha256(content).hexdigest()
