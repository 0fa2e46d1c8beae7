"""The sandbox's only timer: calls a function again and again, in its own thread."""

import threading
from collections.abc import Callable
from typing import Self


class Ticker:
    """Calls `tick` every `every_seconds` while it is entered as a context manager.

    Args:
        tick: called in the thread "arc-ticker"; what it raises is passed to `on_error`,
            and ticking goes on.
        every_seconds: the pause between two calls, in real seconds.
        on_error: told of a failed tick.
    """

    def __init__(
        self,
        tick: Callable[[], None],
        *,
        every_seconds: float,
        on_error: Callable[[Exception], None],
    ) -> None:
        self._tick = tick
        self._every_seconds = every_seconds
        self._on_error = on_error
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="arc-ticker", daemon=True)

    def run(self) -> None:
        """Tick until stopped; the body of the thread."""
        while not self._stop.wait(self._every_seconds):
            try:
                self._tick()
            except Exception as error:  # noqa: BLE001 - told to the owner; it goes on
                self._on_error(error)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()
