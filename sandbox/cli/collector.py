"""Keeps Python's collector of cyclic garbage out of the way while a program starts."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Import modules and make what lives long without looking for garbage meanwhile.

    A start makes tens of thousands of objects, nearly none of which is garbage; looking
    through them again and again is a twentieth of its time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
