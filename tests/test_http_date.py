"""Dates of HTTP, whatever the machine's zone."""

import time
from collections.abc import Iterator

import pytest

from sandbox.http_date import epoch_of


@pytest.fixture(params=["UTC", "America/New_York"])
def _zone(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Have the machine keep the time of a place."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize(
    ("text", "epoch"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777.0),
        ("Sun, 06 Nov 1994 08:49:37", 784111777.0),
        ("Sun, 06 Nov 1994 08:49:37 -0000", 784111777.0),
        ("Sun, 06 Nov 1994 08:49:37 +0100", 784108177.0),
        ("Sunday", None),
        ("", None),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
    ],
)
def test_a_date_is_in_utc_wherever_it_is_read(text: str, epoch: float | None) -> None:
    """A text without a zone too; what is no date is none."""
    assert epoch_of(text) == epoch
