"""Numbers as people read them."""

import pytest

from sandbox.inspector.pages.spoken import (
    day_time,
    iso_time,
    spoken_bytes,
    spoken_left,
    spoken_ms,
    spoken_past,
    spoken_status,
    spoken_time,
)

DASH = "\N{EN DASH}"
BEYOND_THE_CALENDAR = 1e15


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, DASH),
        (0, "0.0 ms"),
        (0.44, "0.4 ms"),
        (9.94, "9.9 ms"),
        (10, "10 ms"),
        (999.4, "999 ms"),
        (1000, "1.0 s"),
        (3210, "3.2 s"),
    ],
)
def test_milliseconds(milliseconds: float | None, text: str) -> None:
    """Short ones exactly, long ones in seconds."""
    assert spoken_ms(milliseconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, DASH),
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (4096, "4.0 KB"),
        (1024**2 * 3 // 2, "1.5 MB"),
    ],
)
def test_bytes(count: int | None, text: str) -> None:
    """In the largest unit that leaves a whole number in front."""
    assert spoken_bytes(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "never"),
        (0.2, "in 1 second"),
        (7 * 86_400, "in 7 days"),
        (0, "0 seconds ago"),
        (-90, "1 minute 30 seconds ago"),
    ],
)
def test_what_is_left(seconds: float | None, text: str) -> None:
    """Ahead or over, and by how much."""
    assert spoken_left(seconds) == text


def test_what_is_past() -> None:
    """A clock that went back makes nothing happen in the future."""
    assert spoken_past(None) == "unknown"
    assert spoken_past(60) == "1 minute ago"
    assert spoken_past(-60) == "0 seconds ago"


def test_moments() -> None:
    """For people, by time of day, and for machines."""
    assert spoken_time(1_700_000_000) == "2023-11-14 22:13:20 UTC"
    assert day_time(1_700_000_000) == "22:13:20"
    assert iso_time(1_700_000_000) == "2023-11-14T22:13:20Z"


def test_moments_without_a_date() -> None:
    """A TTL can be any number; a page shows it as it is."""
    assert spoken_time(None) == DASH
    assert spoken_time(BEYOND_THE_CALENDAR) == "1000000000000000"
    assert day_time(BEYOND_THE_CALENDAR) == "1000000000000000"
    assert iso_time(BEYOND_THE_CALENDAR) == ""


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (200, "fine"),
        (302, "elsewhere"),
        (404, "refused"),
        (500, "failed"),
        (101, "fine"),
    ],
)
def test_a_status_has_a_family(status: int, word: str) -> None:
    """By its first digit."""
    assert spoken_status(status) == word
