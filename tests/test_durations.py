"""Durations and moments, as they are typed and as they are told."""

import time

import pytest

from sandbox.durations import (
    iso_moment,
    parse_duration,
    parse_moment,
    spoken_duration,
    spoken_moment,
    spoken_offset,
)

NEW_YEAR_2027 = 1_798_761_600.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("15m", 900),
        ("8h", 28_800),
        ("8d", 691_200),
        ("2w", 1_209_600),
        ("1d12h", 129_600),
        ("1.5h", 5_400),
        ("-1d", -86_400),
        ("+1d", 86_400),
        (" 8D ", 691_200),
        ("0s", 0),
    ],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    """A number and a unit, several in a row, a sign in front."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "8", "d", "8 d", "8days", "--8d", "8d-", "1e3s", "٣d", "9" * 10 + "d"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    """The message quotes what was typed."""
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "epoch"),
    [
        ("2027-01-01", NEW_YEAR_2027),
        ("2027-01-01T00:00:00Z", NEW_YEAR_2027),
        ("2027-01-01T02:00:00+02:00", NEW_YEAR_2027),
        ("2027-01-01 00:00", NEW_YEAR_2027),
        ("1970-01-01", 0),
        ("9999-12-31T23:59:59", 253_402_300_799),
    ],
)
def test_moments_are_read(text: str, epoch: float) -> None:
    """ISO 8601, in UTC unless it says otherwise."""
    assert parse_moment(text) == epoch


def test_moments_are_read_in_utc_wherever_the_machine_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A moment without a zone is not the machine's."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        epoch = parse_moment("2027-01-01")
    finally:
        monkeypatch.undo()
        time.tzset()

    assert epoch == NEW_YEAR_2027


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-13-01", "01/02/2027", "8d"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    """The message quotes what was typed."""
    with pytest.raises(ValueError, match="is not a date"):
        parse_moment(text)


def test_moments_before_1970_are_refused() -> None:
    """DynamoDB's TTL and cookies count from there."""
    with pytest.raises(ValueError, match="1970 to 9999"):
        parse_moment("1969-12-31")


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59.6, "1 minute"),
        (90, "1 minute 30 seconds"),
        (691_200, "8 days"),
        (691_200 + 3_600 + 61, "8 days 1 hour"),
        (-86_400, "1 day"),
    ],
)
def test_durations_are_spoken_in_two_units(seconds: float, spoken: str) -> None:
    """Nobody wants the seconds of a week."""
    assert spoken_duration(seconds) == spoken


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (0.2, "real time"),
        (691_200, "8 days ahead of real time"),
        (-3_600, "1 hour behind real time"),
    ],
)
def test_offsets_say_their_direction(seconds: float, spoken: str) -> None:
    """A moved clock says where it stands."""
    assert spoken_offset(seconds) == spoken


def test_moments_are_told_in_utc() -> None:
    """For people, and for programs."""
    assert spoken_moment(NEW_YEAR_2027) == "2027-01-01 00:00:00 UTC"
    assert iso_moment(NEW_YEAR_2027) == "2027-01-01T00:00:00Z"
