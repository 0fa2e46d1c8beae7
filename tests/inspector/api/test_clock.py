"""The clock by the API: shown, moved, and what a move back leaves behind."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow

DAY = 86_400


def test_the_clock_is_shown(table_app: Any) -> None:
    """Real time, until somebody moves it."""
    clock = table_app.get("clock")

    assert (clock["offset_seconds"], clock["is_moved"]) == (0, False)
    assert clock["spoken"].endswith("UTC, real time")


def test_moves_add_up_and_reset(table_app: Any) -> None:
    """Each move starts where the clock stands."""
    table_app.post("clock", {"advance": "8d"})
    moved = table_app.post("clock", {"advance": "12h"})
    reset = table_app.post("clock", {"reset": True})

    assert moved["offset_seconds"] == pytest.approx(8.5 * DAY)
    assert moved["spoken"].endswith("8 days 12 hours ahead of real time")
    assert reset["is_moved"] is False


def test_the_clock_is_set(table_app: Any) -> None:
    """A date is a moment in UTC, from which time goes on."""
    clock = table_app.post("clock", {"set": "2031-05-01T10:00:00+02:00"})

    assert clock["now"].startswith("2031-05-01T08:00:0")
    assert table_app.get("clock")["now"].startswith("2031-05-01T08:00:")


def test_a_move_is_said_in_the_terminal(table_app: Any) -> None:
    """By whichever way it was moved."""
    table_app.post("clock", {"advance": "1d"})
    table_app.sandbox.clock.advance(DAY)

    texts = [notice.text for notice in table_app.notices]

    assert [text.partition(", ")[2] for text in texts] == [
        "1 day ahead of real time.",
        "2 days ahead of real time.",
    ]


def test_rows_follow_at_once(table_app: Any) -> None:
    """A row that is due is gone from the next answer on."""
    table_app.app.post("/count")
    before = table_app.sessions()
    table_app.post("clock", {"advance": "8d"})

    assert (len(before), table_app.get("sessions")["sessions"]) == (1, [])


def test_going_back_past_a_session_is_said(inspected: Any) -> None:
    """Sessions written in what is now the future are told of, here and there."""
    inspected.post("clock", {"advance": "2d"})
    inspected.app.post("/count")
    inspected.notices.clear()

    clock = inspected.post("clock", {"advance": "-1d"})

    assert len(clock["warnings"]) == 1
    assert "written later than it says now" in clock["warnings"][0]
    levels = [notice.level for notice in inspected.notices]
    assert levels == ["info", "warning"]


def test_going_back_to_before_any_session_is_no_news(inspected: Any) -> None:
    """Without a session in the future there is nothing to warn of."""
    inspected.post("clock", {"advance": "2d"})

    assert inspected.post("clock", {"reset": True})["warnings"] == []


def test_a_broken_manifest_stops_no_clock(inspected: Any) -> None:
    """Sessions cannot be counted then, and the answer is what was done."""
    inspected.post("clock", {"advance": "2d"})

    with inspected.broken_manifest():
        clock = inspected.post("clock", {"advance": "-1d"})

    assert clock["offset_seconds"] == pytest.approx(DAY)
    assert clock["warnings"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance": 8},
        {"advance": ""},
        {"advance": "8"},
        {"set": "tomorrow"},
        {"set": "1969-01-01"},
        {"set": "9999-12-31T23:59:59"},
        {"reset": False},
        {"reset": True, "advance": "8d"},
        {"advance": "8d", "to": "x"},
        {"advance": "999999999w"},
        {"advance": "-99w99w99w99w99w99w99w99w99w99w99w99w999999w"},
    ],
)
def test_what_is_no_move_moves_nothing(table_app: Any, body: Any) -> None:
    """The answer says how moves are written."""
    answer = table_app.api.post("/api/clock", json=body)

    assert answer.status_code == 400
    assert answer.json()["remedy"]
    assert table_app.sandbox.clock.offset_seconds == 0
