"""Programs started ahead: who takes one, when there is one, and that none is left."""

import os
import shutil
import signal

import pytest

from sandbox.clock import ManualClock
from sandbox.workers.nurseries import Nurseries
from sandbox.workers.spares import Spares
from tests.processes import is_alive

KEPT_SECONDS = 600
SLEEP = (shutil.which("sleep") or "/bin/sleep", "600")
TRUE = (shutil.which("true") or "/bin/true",)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def spares(clock):
    with Nurseries(can_fork=False) as nurseries:
        spares = Spares(
            lifeline_fd=nurseries.lifeline_fd, clock=clock, kept_seconds=KEPT_SECONDS
        )
        yield spares
        spares.close()


@pytest.fixture
def taken(spares):
    """Give a function that takes a process, which ends after the test."""
    processes = []

    def take(program):
        processes.append(spares.take(program))
        return processes[-1].process.pid

    yield take
    for started in processes:
        started.end()


def test_nothing_is_started_ahead_of_the_first(spares):
    """An app without such functions has no process for them."""
    spares.refill()

    assert spares.pids == ()


def test_the_second_was_started_ahead(spares, taken):
    """It is used once, and by the tick after that there is another."""
    first = taken(SLEEP)
    spares.refill()
    (spare,) = spares.pids
    second, third = taken(SLEEP), taken(SLEEP)
    spares.refill()

    assert second == spare
    assert len({first, second, third, *spares.pids}) == 4


def test_further_ticks_start_no_more(spares, taken):
    """One of a kind is enough."""
    taken(SLEEP)
    spares.refill()
    before = spares.pids
    spares.refill()

    assert spares.pids == before


def test_each_command_line_has_its_own(spares, taken):
    """A flag is nothing that can be taken on later."""
    other = (*SLEEP[:-1], "601")
    taken(SLEEP)
    spares.refill()
    (spare,) = spares.pids

    assert taken(other) != spare

    spares.refill()
    assert len(spares.pids) == 2
    assert taken(SLEEP) == spare


def test_one_that_has_ended_is_not_given_away(spares, taken, wait_until):
    """Whoever wants it has one that runs, and the ended one is waited for."""
    taken(SLEEP)
    spares.refill()
    (spare,) = spares.pids
    os.kill(spare, signal.SIGKILL)
    wait_until(lambda: not is_alive(spare))

    pid = taken(SLEEP)

    assert pid != spare
    assert is_alive(pid)
    with pytest.raises(ChildProcessError):
        os.waitpid(spare, os.WNOHANG)


def test_a_program_that_does_not_stay_is_not_started_again_and_again(
    spares, taken, wait_until
):
    """It is broken, or no such program; the next who needs it is told."""
    taken(TRUE)
    spares.refill()
    (spare,) = spares.pids
    wait_until(lambda: not is_alive(spare))

    spares.refill()
    spares.refill()

    assert spares.pids == ()


@pytest.mark.parametrize(("seconds", "is_held"), [(0, True), (1, False)])
def test_what_nobody_asks_for_any_more_ends(spares, taken, clock, seconds, is_held):
    """Memory is not held for a language that the developer has left."""
    taken(SLEEP)
    spares.refill()
    (spare,) = spares.pids
    clock.advance(KEPT_SECONDS + seconds)
    spares.refill()

    assert is_alive(spare) is is_held
    assert spares.pids == ((spare,) if is_held else ())


def test_closing_ends_them_for_good(spares, taken):
    """A tick that is late starts nothing that would outlive the pool."""
    taken(SLEEP)
    spares.refill()
    (spare,) = spares.pids
    spares.close()
    spares.refill()

    assert not is_alive(spare)
    assert spares.pids == ()
