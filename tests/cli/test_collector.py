"""The garbage collector while a program starts."""

import gc

import pytest

from sandbox.cli.collector import collector_paused


def test_collector_rests_and_works_again() -> None:
    """Nothing is looked through meanwhile; afterwards all is as it was."""
    with collector_paused():
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()

    assert gc.isenabled()


def test_collector_works_again_after_a_failure() -> None:
    """A start that fails leaves nothing behind."""
    with pytest.raises(RuntimeError), collector_paused():
        raise RuntimeError("no app")

    assert gc.isenabled()
