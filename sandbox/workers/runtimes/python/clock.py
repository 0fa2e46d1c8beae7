"""The sandbox's clock inside a worker: takes an offset, moves what handlers read.

`time_machine` moves `time.time`, `datetime.now` and their kin for every module alike,
those of extensions included. It is imported when a clock first moves, not before. It
leaves out `time.ctime` and `time.asctime`, which ask the system themselves.
"""

import functools
import time
from typing import Any, SupportsIndex


def install() -> None:
    """Have `time.ctime` and `time.asctime` read the time as `time.time` does.

    For good, and before a handler loads, whose modules may keep what they import.
    """
    ctime, asctime = time.ctime, time.asctime

    @functools.wraps(ctime)
    def moved_ctime(seconds: float | SupportsIndex | None = None, /) -> str:
        return ctime(time.time() if seconds is None else seconds)

    @functools.wraps(asctime)
    def moved_asctime(*given: Any) -> str:
        return asctime(*(given or (time.localtime(),)))

    time.ctime, time.asctime = moved_ctime, moved_asctime


class MovedClock:
    """Holds the offset that is in force in this process."""

    def __init__(self) -> None:
        self._offset_seconds = 0.0
        self._journey: Any = None

    def real_time(self) -> float:
        """Give the machine's own time of day in seconds since 1970."""
        return time.time() - self._offset_seconds

    def set_offset(self, seconds: float) -> None:
        """Let the time of day stand `seconds` ahead of real time, from now on.

        Raises:
            ModuleNotFoundError: the clock moved, and `time_machine` is not installed.
        """
        if seconds == self._offset_seconds:
            return
        if self._journey is not None:
            self._journey.stop()
            self._journey = None
        if seconds:
            # Only a clock that moves pays for this import.
            import time_machine

            self._journey = time_machine.travel(time.time() + seconds, tick=True)
            self._journey.start()
        self._offset_seconds = seconds
