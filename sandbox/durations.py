"""Durations and moments as text ⇄ seconds: what people type, and what they read."""

import re
from datetime import UTC, datetime

UNIT_SECONDS = {
    "w": 604_800.0,
    "d": 86_400.0,
    "h": 3_600.0,
    "m": 60.0,
    "s": 1.0,
}
"""Seconds in a week, a day, an hour, a minute and a second, longest first."""

FIRST_EPOCH = 0.0
LAST_EPOCH = 253_402_300_799.0
"""The last second of the year 9999, the last that dates of four digits can name."""
_LAST_SET_EPOCH = 253_370_764_799.0
"""A year before, so that a clock can go on from there."""

_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([wdhms])")
_DURATION = re.compile(rf"([+-]?)((?:{_PART.pattern})+)")
_SPOKEN_UNITS = {"d": "day", "h": "hour", "m": "minute", "s": "second"}
_SPOKEN_PARTS = 2


def parse_duration(text: str) -> float:
    """Give the seconds of a duration such as `90s`, `15m`, `1h30m`, `8d` or `-2w`.

    Raises:
        ValueError: the text is no duration; its message is a whole sentence.
    """
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f'"{text}" is not a duration.')
    seconds = sum(
        float(number) * UNIT_SECONDS[unit]
        for number, unit in _PART.findall(found.group(2))
    )
    return -seconds if found.group(1) == "-" else seconds


def parse_moment(text: str) -> float:
    """Give the seconds since 1970 of an ISO 8601 date, with or without a time.

    A moment without an offset is UTC.

    Raises:
        ValueError: the text is no moment of the years 1970 to 9999; its message is a
            whole sentence.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f'"{text}" is not a date.') from error
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    epoch = aware.timestamp()
    if not is_in_calendar(epoch):
        raise ValueError(f'"{text}" is outside the years 1970 to 9999.')
    return epoch


def is_in_calendar(epoch: float) -> bool:
    """Tell whether a moment lies within the years 1970 to 9999."""
    return FIRST_EPOCH <= epoch <= LAST_EPOCH


def is_for_clocks(epoch: float) -> bool:
    """Tell whether a clock may be set to a moment: within the years 1970 to 9998."""
    return FIRST_EPOCH <= epoch <= _LAST_SET_EPOCH


def iso_moment(epoch: float) -> str:
    """Give a moment of the calendar as `2027-01-01T00:00:00Z`."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spoken_moment(epoch: float) -> str:
    """Give a moment of the calendar as `2027-01-01 00:00:00 UTC`."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def spoken_duration(seconds: float) -> str:
    """Give the size of a duration in its largest units, two at most: `8 days`."""
    left = round(abs(seconds))
    parts = []
    for unit, name in _SPOKEN_UNITS.items():
        count, left = divmod(left, int(UNIT_SECONDS[unit]))
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    return " ".join(parts[:_SPOKEN_PARTS]) or "0 seconds"


def spoken_offset(seconds: float) -> str:
    """Say how a clock stands to real time: `8 days ahead of real time`."""
    if round(seconds) == 0:
        return "real time"
    direction = "ahead of" if seconds > 0 else "behind"
    return f"{spoken_duration(seconds)} {direction} real time"
