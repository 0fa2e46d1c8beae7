"""The clock as a test moves it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sandbox.testing import Client, ClockControl, SandboxUnderTest

pytestmark = pytest.mark.slow


def test_rows_are_gone_before_the_next_line(sandbox: SandboxUnderTest) -> None:
    """Moving past a row's `_ttl` deletes it at once."""
    clock = ClockControl(sandbox)
    ttl = int((clock.now + timedelta(days=7)).timestamp())
    row = {"_idx": {"S": "a"}, "_ttl": {"N": str(ttl)}}
    sandbox.tables.call("PutItem", {"TableName": "parts-staging-sessions", "Item": row})
    clock.advance(days=6, hours=23)
    before = sandbox.tables.export()["parts-staging-sessions"]
    clock.advance(hours=1, minutes=1)

    assert before == (row,)
    assert sandbox.tables.export()["parts-staging-sessions"] == ()


def test_it_is_set_and_reset(sandbox: SandboxUnderTest) -> None:
    """Handlers and events follow; a moment without a zone is refused."""
    clock = ClockControl(sandbox)
    clock.set_to(datetime(2031, 5, 6, tzinfo=UTC))
    with Client(sandbox) as client:
        event = client.get("/echo/").json()
    clock.reset()

    assert event["requestContext"]["time"].startswith("06/May/2031")
    assert abs(clock.now - datetime.now(UTC)) < timedelta(minutes=1)  # noqa: DTZ005,TID251,RUF100 - the real time
    with pytest.raises(ValueError, match="no time zone"):
        clock.set_to(datetime(2031, 5, 6))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize("moment", ["2027-01-01", date(2027, 1, 1), 1.8e9])
def test_it_is_set_to_a_datetime_alone(sandbox: SandboxUnderTest, moment: Any) -> None:
    """What the command line takes is no moment here, and is told so."""
    with pytest.raises(TypeError, match="takes a datetime"):
        ClockControl(sandbox).set_to(moment)


def test_it_stays_within_the_calendar(sandbox: SandboxUnderTest) -> None:
    """What no date can name is refused before anything has moved."""
    clock = ClockControl(sandbox)
    before = sandbox.clock.offset_seconds
    with pytest.raises(ValueError, match="1970 to 9998"):
        clock.advance(days=10_000_000)
    with pytest.raises(ValueError, match="1970 to 9998"):
        clock.advance(days=1e12)
    with pytest.raises(ValueError, match="1970 to 9998"):
        clock.set_to(datetime(1969, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="1970 to 9998"):
        clock.set_to(datetime(9999, 12, 31, tzinfo=UTC))

    assert sandbox.clock.offset_seconds == before
