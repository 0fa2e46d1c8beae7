"""Places for events."""

from concurrent.futures import ThreadPoolExecutor

from sandbox.clock import ManualClock
from sandbox.exchange import Throttled, Unavailable
from sandbox.workers.capacity import Capacity


def test_enter_refuses_beyond_a_functions_concurrency(app):
    """And lets in again what comes after a place was given back."""
    function = app.function("f", "", concurrency=1)
    capacity = Capacity(10, wait_seconds=10, clock=ManualClock())

    assert capacity.enter(function) is None
    assert capacity.enter(function) == Throttled(concurrency=1)
    capacity.leave(function)
    assert capacity.enter(function) is None
    assert capacity.running(function.key) == 1


def test_enter_waits_where_all_places_are_taken(app, wait_until):
    """Until one is given back."""
    one, two = app.function("one", ""), app.function("two", "")
    capacity = Capacity(1, wait_seconds=10, clock=ManualClock())
    capacity.enter(one)
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(capacity.enter, two)
        wait_until(lambda: capacity.running(two.key) == 1)
        assert not waiting.done()
        capacity.leave(one)

    assert waiting.result() is None


def test_enter_does_not_wait_for_ever(app):
    """An event that got no place in time is refused, and leaves no trace."""
    one, two = app.function("one", ""), app.function("two", "")
    capacity = Capacity(1, wait_seconds=0.01, clock=ManualClock())
    capacity.enter(one)

    refusal = capacity.enter(two)

    assert isinstance(refusal, Unavailable)
    assert '"1" places' in refusal.message
    assert capacity.running(two.key) == 0
    capacity.leave(one)
    assert capacity.enter(two) is None


def test_it_is_calm_while_events_come_one_by_one(app):
    """Two at once are remembered for a moment, when the other one has long ended."""
    function, clock = app.function("f", ""), ManualClock()
    capacity = Capacity(10, wait_seconds=10, clock=clock)

    capacity.enter(function)
    assert capacity.is_calm()
    capacity.enter(function)
    assert not capacity.is_calm()
    capacity.leave(function)
    clock.advance(0.02)
    assert not capacity.is_calm()
    clock.advance(0.04)
    assert capacity.is_calm()
