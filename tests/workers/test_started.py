"""A process and its channel, begun and ended together."""

from pathlib import Path

import pytest

from sandbox.clock import ManualClock
from sandbox.workers.started import begin, spawn_program

DESCRIPTORS = Path("/dev/fd")


def test_what_cannot_be_started_leaves_no_descriptor(tmp_path: Path) -> None:
    """A pool that asks again and again would come to have none left."""
    before = sorted(DESCRIPTORS.iterdir())

    with pytest.raises(OSError, match="absent"):
        begin(
            ManualClock(),
            lambda channel: spawn_program(
                ["node"], channel, lifeline_fd=0, folder=tmp_path / "absent"
            ),
        )

    assert sorted(DESCRIPTORS.iterdir()) == before


def test_what_was_started_ends_whole() -> None:
    """Neither its process is left, nor a descriptor."""
    before = sorted(DESCRIPTORS.iterdir())
    started = begin(
        ManualClock(),
        lambda channel: spawn_program(["sleep", "600"], channel, lifeline_fd=0),
    )
    started.end()

    assert sorted(DESCRIPTORS.iterdir()) == before
    assert started.process.reap(0) is not None
