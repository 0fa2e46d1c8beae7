"""The sandbox's clock as a test moves it: everything follows before the next line."""

from datetime import datetime, timedelta

from sandbox.durations import is_for_clocks
from sandbox.sandbox import Sandbox

_OUTSIDE = "the clock would leave the years 1970 to 9998"


class ClockControl:
    """Moves a sandbox's time of day; rows whose time has come are gone at once."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    @property
    def now(self) -> datetime:
        """The sandbox's time of day, as an aware UTC datetime."""
        return self._sandbox.clock.now()

    def advance(
        self,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> None:
        """Move the time of day forward; negative numbers move it back.

        Raises:
            ValueError: it would leave the years 1970 to 9998.
        """
        try:
            distance = timedelta(
                days=days, hours=hours, minutes=minutes, seconds=seconds
            )
        except OverflowError:
            raise ValueError(_OUTSIDE) from None
        clock = self._sandbox.clock
        _check(clock.now_epoch() + distance.total_seconds())
        clock.advance(distance.total_seconds())
        self._sandbox.tick()

    def set_to(self, moment: datetime) -> None:
        """Move the time of day to `moment`, from where it goes on running.

        Raises:
            TypeError: `moment` is a string, a date or a number.
            ValueError: `moment` has no time zone, or is before 1970.
        """
        if not isinstance(moment, datetime):
            raise TypeError(
                "set_to takes a datetime, such as datetime(2027, 1, 1, tzinfo=UTC), "
                f"and no {type(moment).__name__}"
            )
        if moment.tzinfo is None:
            raise ValueError("the moment has no time zone; add tzinfo=UTC")
        _check(moment.timestamp())
        self._sandbox.clock.set_to(moment.timestamp())
        self._sandbox.tick()

    def reset(self) -> None:
        """Give real time again."""
        self._sandbox.clock.reset()
        self._sandbox.tick()


def _check(epoch: float) -> None:
    if not is_for_clocks(epoch):
        raise ValueError(_OUTSIDE)
