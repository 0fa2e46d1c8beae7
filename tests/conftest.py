"""What every test may use: waiting on a condition, and a watch for leaks."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Give a function that waits for a condition, and fails at its deadline."""

    def wait(
        condition: Callable[[], object], *, seconds: float = 10, what: str = ""
    ) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"did not happen in {seconds} s: {what or condition}")
            time.sleep(0.005)

    return wait


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fail a test that leaves one of the sandbox's own threads running."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        left = [
            thread.name
            for thread in set(threading.enumerate()) - before
            if thread.name.startswith("arc-") and thread.is_alive()
        ]
        if not left:
            return
        time.sleep(0.01)
    pytest.fail(f"threads left running: {left}")
