"""`arc-sandbox time` against a running sandbox."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from sandbox.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture
def here(run_here: Any) -> Iterator[Any]:
    """Give a running sandbox, and what runs commands for it."""
    with run_here("jwe") as both:
        yield both


def test_time_is_shown_moved_and_reset(here: Any) -> None:
    """Each command tells where the clock stands then."""
    sandbox, run = here

    told = [
        run("time", *arguments).output.partition("UTC, ")[2].strip()
        for arguments in (
            (),
            ("advance", "8d"),
            ("advance", "-1d"),
            ("reset",),
        )
    ]

    assert told == [
        "real time",
        "8 days ahead of real time",
        "7 days ahead of real time",
        "real time",
    ]
    assert sandbox.clock.offset_seconds == 0


def test_time_is_set_to_a_date(here: Any) -> None:
    """And a program reads it as JSON."""
    _, run = here

    clock = json.loads(run("time", "set", "2031-01-01", "--format", "json").output)

    assert clock["now"].startswith("2031-01-01T00:00:0")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("advance", "soon"), 1, '"soon" is not a duration. Write it as 90s'),
        (("set", "soon"), 1, '"soon" is not a date. Write it as 2027-01-01'),
        (("advance",), 2, "advance takes a value, such as 8d"),
        (("reset", "8d"), 2, "reset takes no value"),
        (("rewind",), 2, "rewind"),
    ],
)
def test_what_is_no_move_is_told(
    here: Any, arguments: tuple[str, ...], code: int, told: str
) -> None:
    """With the remedy, and nothing moves."""
    sandbox, run = here

    result = run("time", *arguments)

    assert (result.exit_code, sandbox.clock.offset_seconds) == (code, 0)
    assert told in result.output


def test_a_session_in_the_future_is_told(here: Any) -> None:
    """Going back past a session is not done in silence."""
    _, run = here
    run("time", "advance", "2d")
    run("sessions", "forge", '{"user": 1}')

    assert "Warning: The clock went back" in run("time", "reset").output


def test_time_help_has_a_line_for_each_use() -> None:
    """As they are typed, not run together as prose."""
    shown = CliRunner().invoke(main, ["time", "--help"]).output

    assert "\n  arc-sandbox time advance 8d " in shown
    assert "\\b" not in shown
