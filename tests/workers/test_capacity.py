"""Places for events."""

from concurrent.futures import ThreadPoolExecutor

from sandbox.workers.capacity import Capacity, key_of


def test_enter_refuses_beyond_a_functions_concurrency(app):
    """And lets in again what comes after a place was given back."""
    function = app.function("f", "", concurrency=1)
    capacity = Capacity(10)

    assert capacity.enter(function)
    assert not capacity.enter(function)
    capacity.leave(function)
    assert capacity.enter(function)
    assert capacity.running(key_of(function)) == 1


def test_enter_waits_where_all_places_are_taken(app, wait_until):
    """Until one is given back."""
    one, two = app.function("one", ""), app.function("two", "")
    capacity = Capacity(1)
    capacity.enter(one)
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(capacity.enter, two)
        wait_until(lambda: capacity.running(key_of(two)) == 1)
        assert not waiting.done()
        capacity.leave(one)

    assert waiting.result()
