"""Numbers of the API → what people read: times, durations, sizes."""

from sandbox.durations import (
    is_in_calendar,
    iso_moment,
    spoken_duration,
    spoken_moment,
)

_UNKNOWN = "\N{EN DASH}"
_KIBI = 1024
_SECOND_MS = 1000
_EXACT_MS = 10


def spoken_ms(milliseconds: float | None) -> str:
    """Give a duration as `0.4 ms`, `12 ms` or `3.2 s`; a dash where it is unknown."""
    if milliseconds is None:
        return _UNKNOWN
    if milliseconds >= _SECOND_MS:
        return f"{milliseconds / _SECOND_MS:.1f} s"
    if milliseconds >= _EXACT_MS:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds:.1f} ms"


def spoken_bytes(count: int | None) -> str:
    """Give a size as `312 bytes`, `4.0 KB` or `1.5 MB`; a dash where it is unknown."""
    if count is None:
        return _UNKNOWN
    if count < _KIBI:
        return f"{count} byte" if count == 1 else f"{count} bytes"
    if count < _KIBI**2:
        return f"{count / _KIBI:.1f} KB"
    return f"{count / _KIBI**2:.1f} MB"


def spoken_left(seconds: float | None) -> str:
    """Say when something ends: `in 7 days`, `12 seconds ago`, `never`."""
    if seconds is None:
        return "never"
    if seconds > 0:
        return f"in {spoken_duration(max(seconds, 1))}"
    return f"{spoken_duration(seconds)} ago"


def spoken_past(seconds: float | None) -> str:
    """Say when something was: `12 seconds ago`, `unknown`."""
    if seconds is None:
        return "unknown"
    return spoken_left(-max(seconds, 0))


def spoken_time(epoch: float | None) -> str:
    """Give a moment as `2027-01-01 00:00:00 UTC`; a dash where there is none."""
    if epoch is None:
        return _UNKNOWN
    return spoken_moment(epoch) if is_in_calendar(epoch) else f"{epoch:.0f}"


def day_time(epoch: float) -> str:
    """Give the time of day of a moment as `16:05:09` (UTC)."""
    return spoken_moment(epoch)[11:19] if is_in_calendar(epoch) else f"{epoch:.0f}"


def iso_time(epoch: float) -> str:
    """Give a moment for machines; empty where no date can name it."""
    return iso_moment(epoch) if is_in_calendar(epoch) else ""


def spoken_status(status: int) -> str:
    """Give the family of a status: `fine`, `elsewhere`, `refused` or `failed`."""
    families = {2: "fine", 3: "elsewhere", 4: "refused", 5: "failed"}
    return families.get(status // 100, "fine")
