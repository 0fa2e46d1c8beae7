"""`/api/clock`: shows the sandbox's clock, and moves it."""

from collections.abc import Callable

from sandbox.clock import MovableClock
from sandbox.durations import (
    is_for_clocks,
    iso_moment,
    parse_duration,
    parse_moment,
    spoken_moment,
    spoken_offset,
)
from sandbox.inspector.endpoints import Endpoint
from sandbox.inspector.messages import ApiError, ApiRequest, JsonAnswer
from sandbox.inspector.schemas import (
    BOOLEAN,
    NUMBER,
    TEXT,
    TEXTS,
    Schema,
    object_of,
)
from sandbox.notice import Notice

_MOVES = 'Send {"advance": "8d"}, {"set": "2027-01-01"} or {"reset": true}.'
_DURATIONS = (
    "Write it as 90s, 15m, 8h, 8d, 2w or 1d12h; with a minus sign it goes back."
)
_DATES = (
    "Write it as 2027-01-01 or 2027-01-01T12:00:00+02:00; without an offset, it is UTC."
)

GIVES: Schema = object_of(
    {
        "now_epoch": NUMBER,
        "now": TEXT,
        "offset_seconds": NUMBER,
        "is_moved": BOOLEAN,
        "spoken": TEXT,
        "warnings": TEXTS,
    }
)
TAKES: Schema = object_of(
    {"advance": TEXT, "set": TEXT, "reset": BOOLEAN}, "advance", "set", "reset"
)


class ClockApi:
    """The clock's endpoints.

    Args:
        clock: what is moved; whoever subscribed to it learns of that by itself.
        count_written_after: how many sessions were written after a moment.
        say: told when a move leaves sessions in the future.
    """

    def __init__(
        self,
        *,
        clock: MovableClock,
        count_written_after: Callable[[float], int],
        say: Callable[[Notice], None],
    ) -> None:
        self._clock = clock
        self._count_written_after = count_written_after
        self._say = say

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        path = "/api/clock"
        return (
            Endpoint("GET", path, "Show the sandbox's clock.", self.show, gives=GIVES),
            Endpoint(
                "POST",
                path,
                "Move the sandbox's clock: advance, set or reset it.",
                self.move,
                takes=TAKES,
                gives=GIVES,
            ),
        )

    def show(self, request: ApiRequest) -> JsonAnswer:
        """Give the clock."""
        return self._answer()

    def move(self, request: ApiRequest) -> JsonAnswer:
        """Move the clock, and say what that leaves in the future; or do neither."""
        by_seconds = self._wanted_offset(request) - self._clock.offset_seconds
        wanted_epoch = self._clock.now_epoch() + by_seconds
        if not is_for_clocks(wanted_epoch):
            raise ApiError(
                400,
                "The clock would leave the years 1970 to 9998.",
                remedy="Move it less far.",
            )
        # Counting sessions may fail: until then, nothing has been moved.
        warnings = self._warnings(wanted_epoch) if by_seconds < 0 else ()
        self._clock.advance(by_seconds)
        for text in warnings:
            self._say(Notice(level="warning", text=text))
        return self._answer(warnings=warnings)

    def _answer(self, *, warnings: tuple[str, ...] = ()) -> JsonAnswer:
        now_epoch, ahead = self._clock.now_epoch(), self._clock.offset_seconds
        return JsonAnswer(
            content={
                "now_epoch": now_epoch,
                "now": iso_moment(now_epoch),
                "offset_seconds": ahead,
                "is_moved": bool(ahead),
                "spoken": f"{spoken_moment(now_epoch)}, {spoken_offset(ahead)}",
                "warnings": warnings,
            }
        )

    def _wanted_offset(self, request: ApiRequest) -> float:
        """Give the seconds by which the clock is to stand ahead of real time."""
        match dict(request.body):
            case {"reset": True, **others} if not others:
                return 0.0
            case {"advance": str(text), **others} if not others:
                return self._clock.offset_seconds + _parsed(
                    parse_duration, text, _DURATIONS
                )
            case {"set": str(text), **others} if not others:
                ahead = _parsed(parse_moment, text, _DATES) - self._clock.now_epoch()
                return self._clock.offset_seconds + ahead
            case _:
                raise ApiError(400, "The body names no move.", remedy=_MOVES)

    def _warnings(self, wanted_epoch: float) -> tuple[str, ...]:
        count = self._count_written_after(wanted_epoch)
        if not count:
            return ()
        sessions = f"{count} sessions were" if count > 1 else "1 session was"
        return (
            f"The clock went back, and {sessions} written later than it says now. "
            "Such a session lives longer than it should, until it is written again.",
        )


def _parsed(parse: Callable[[str], float], text: str, remedy: str) -> float:
    try:
        return parse(text)
    except ValueError as error:
        raise ApiError(400, str(error), remedy=remedy) from error
