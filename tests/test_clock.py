"""Clocks that can be moved."""

import time

from sandbox.clock import ManualClock, MovableClock


def test_movable_clock_follows_real_time_until_it_is_moved() -> None:
    """Without an offset it reads what the system reads."""
    before = time.time()

    now = MovableClock().now_epoch()

    assert before <= now <= time.time()


def test_movable_clock_moves_by_days() -> None:
    """An advance shows in the time of day, and not in the monotonic time."""
    clock = MovableClock()
    monotonic = clock.monotonic()

    clock.advance(8 * 86_400)

    assert clock.offset_seconds == 8 * 86_400
    assert clock.now_epoch() - time.time() > 8 * 86_400 - 5
    assert clock.monotonic() - monotonic < 86_400


def test_movable_clock_set_to_and_reset() -> None:
    """It can be set to a moment, and given back to real time."""
    clock = MovableClock()

    clock.set_to(1_000_000_000)
    assert clock.now().year == 2001
    clock.reset()

    assert clock.offset_seconds == 0


def test_manual_clock_stands_still() -> None:
    """Time passes only when a test says so."""
    clock = ManualClock(100)

    assert clock.now_epoch() == clock.now_epoch() == 100
    clock.advance(5)

    assert (clock.now_epoch(), clock.monotonic()) == (105, 5)


def test_movable_clock_tells_of_each_move() -> None:
    """Whoever follows the clock sees it as it stands after the move."""
    clock = MovableClock()
    seen: list[float] = []
    clock.subscribe(lambda: seen.append(round(clock.offset_seconds)))

    clock.advance(60)
    clock.set_to(clock.now_epoch() + 40)
    clock.reset()
    clock.reset()

    assert seen == [60, 100, 0]
