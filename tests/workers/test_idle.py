"""Which idle workers are taken out."""

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.workers.idle import IdleWorkers


def idle_since(moment: float) -> Any:
    """Give what is asked of a worker: when its last event ended."""
    return SimpleNamespace(tally=SimpleNamespace(idle_since=moment))


@pytest.mark.parametrize(
    ("limit", "moments"),
    [(4, set()), (3, set()), (2, {1}), (1, {1, 2}), (0, {1, 2, 3})],
)
def test_the_longest_idle_are_taken_beyond_a_limit(
    limit: int, moments: set[float]
) -> None:
    """Whatever their function; the others stay."""
    idle = IdleWorkers()
    for key, moment in (("a", 3), ("a", 2), ("b", 1)):
        idle.put(key, idle_since(moment))

    taken = idle.take_surplus(limit)

    assert {worker.tally.idle_since for worker in taken} == moments
    assert len(idle) == len(list(idle)) == 3 - len(moments)
