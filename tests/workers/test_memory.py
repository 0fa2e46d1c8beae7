"""The memory of processes, as the system counts it."""

import os
import sys

import pytest

from sandbox.workers.memory import resident_bytes


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_resident_bytes_grow_with_what_is_held() -> None:
    """Pages that were written to count, in bytes."""
    before = resident_bytes(os.getpid())
    held = bytearray(b"x") * 50_000_000
    after = resident_bytes(os.getpid())

    assert before is not None
    assert after is not None
    assert 30_000_000 < after - before < len(held) * 2


def test_resident_bytes_of_nobody_are_unknown() -> None:
    """A process that has ended is no error."""
    assert resident_bytes(2**22 + 1) is None
