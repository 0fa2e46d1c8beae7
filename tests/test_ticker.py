"""The one timer."""

import threading

from sandbox.ticker import Ticker


def test_ticker_calls_until_it_is_left() -> None:
    """It ticks again and again, and its thread is gone afterwards."""
    ticks = threading.Semaphore(0)
    before = set(threading.enumerate())  # other tests' sandboxes tick meanwhile

    with Ticker(ticks.release, every_seconds=0.001, on_error=print):
        assert ticks.acquire(timeout=5)
        assert ticks.acquire(timeout=5)

    began = set(threading.enumerate()) - before
    assert "arc-ticker" not in {thread.name for thread in began}


def test_ticker_goes_on_after_an_error() -> None:
    """A failed tick is told, and the next one comes."""
    errors: list[Exception] = []
    second = threading.Event()

    def tick() -> None:
        if errors:
            second.set()
        else:
            raise ValueError("no")

    with Ticker(tick, every_seconds=0.001, on_error=errors.append):
        assert second.wait(5)

    assert [str(error) for error in errors] == ["no"]
