"""Says what takes long, while it takes long: nothing where it is quick."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LONG_SECONDS = 0.5


@contextmanager
def telling(
    text: str, *, write: Callable[[str], None], after_seconds: float = LONG_SECONDS
) -> Iterator[None]:
    """Write `text` once what is done meanwhile has taken so long."""
    done = threading.Event()

    def tell() -> None:
        if not done.wait(after_seconds):
            write(text)

    thread = threading.Thread(target=tell, name="arc-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
