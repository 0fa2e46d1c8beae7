"""Who waits for the start of another, and for whose."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.exchange import Execution, Unavailable
from sandbox.project.model import Project
from sandbox.workers.starts import Starts

KEY = "get /"
PROJECT = Project(root=Path("/app"), name="app", manifest_file=None, functions=())
FAILURE = Execution(outcome=Unavailable(message="It does not load."))


def test_nobody_waits_where_nothing_starts():
    """An ordinary start is begun without delay."""
    assert Starts().wait(KEY, PROJECT, only_free=False) is None


def test_who_waits_learns_what_came_of_it():
    """The failure is there once the start has ended."""
    starts = Starts()
    with ThreadPoolExecutor() as threads:
        with starts.begin(KEY, PROJECT, is_free=True) as start:
            waiting = threads.submit(starts.wait, KEY, PROJECT, only_free=True)
            start.failure = FAILURE
        found = waiting.result(timeout=5)

    assert found in (start, None)  # None: it had ended before it was looked for
    assert start.ended.is_set()


@pytest.mark.parametrize(
    ("key", "project", "only_free"),
    [
        ("get /other", PROJECT, False),
        (
            KEY,
            Project(root=Path("/"), name="", manifest_file=None, functions=()),
            False,
        ),
        (KEY, PROJECT, True),
    ],
    ids=["another function", "another project", "a request's own worker"],
)
def test_starts_of_no_use_are_not_waited_for(key, project, only_free):
    """What comes of them is not what is needed."""
    starts = Starts()
    with starts.begin(KEY, PROJECT, is_free=False):
        assert starts.wait(key, project, only_free=only_free) is None


def test_a_start_that_raises_is_over():
    """Nobody waits for one that was interrupted."""
    starts = Starts()
    with pytest.raises(KeyboardInterrupt), starts.begin(KEY, PROJECT, is_free=True):
        raise KeyboardInterrupt

    assert starts.wait(KEY, PROJECT, only_free=True) is None
