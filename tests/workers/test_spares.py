"""Programs started ahead: who takes one, when there is one, and that none is left."""

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sandbox.clock import ManualClock
from sandbox.workers.nurseries import Nurseries
from sandbox.workers.spares import KEPT_SECONDS, Interpreter, Program, Spares
from tests.processes import is_alive

SLEEP = Program((shutil.which("sleep") or "/bin/sleep", "600"))
OTHER_SLEEP = Program((*SLEEP.command[:-1], "601"))
TRUE = Program((shutil.which("true") or "/bin/true",))
PYTHON = Interpreter(frozenset(("colorsys", "no_such_package")))


@dataclass(frozen=True, slots=True)
class EndsAfterItsAnswer(Interpreter):
    """It is gone once it has told what it imported."""

    wait_until: Callable[[Callable[[], bool]], None] | None = None

    def wait_ready(self, started, clock):
        modules = Interpreter.wait_ready(self, started, clock)
        os.kill(started.process.pid, signal.SIGKILL)
        self.wait_until(lambda: not is_alive(started.process.pid))
        return modules


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def spares(clock):
    with Nurseries(can_fork=False) as nurseries:
        spares = Spares(lifeline_fd=nurseries.lifeline_fd, clock=clock)
        yield spares
        spares.close()


@pytest.fixture
def take(spares):
    """Give a function that takes a spare, which ends after the test; None or its id."""
    taken = []

    def take(kind, **judged):
        started = spares.take(kind, **judged)
        if started is None:
            return None
        taken.append(started)
        return started.process.pid

    yield take
    for started in taken:
        started.end()


def test_nothing_is_started_before_it_is_asked_for(spares, take):
    """An app without such functions has no process for them."""
    spares.refill()

    assert spares.pids == ()
    assert take(SLEEP) is None


def test_a_second_one_was_started_ahead(spares, take):
    """It is given away once, and by the next tick there is another."""
    take(SLEEP)
    spares.refill()
    (spare,) = spares.pids

    assert take(SLEEP) == spare
    assert take(SLEEP) is None

    spares.refill()
    assert spares.pids not in ((), (spare,))


def test_what_is_expected_is_there_the_first_time(spares, take):
    """Whoever knows early that one will be needed says so."""
    spares.expect([SLEEP])
    (spare,) = spares.pids

    assert take(SLEEP) == spare


def test_further_ticks_start_no_more(spares):
    """One of a kind is enough."""
    spares.expect([SLEEP])
    before = spares.pids
    spares.refill()

    assert spares.pids == before


def test_each_kind_has_its_own(spares, take):
    """A flag is nothing that can be taken on later."""
    spares.expect([SLEEP])
    (spare,) = spares.pids

    assert take(OTHER_SLEEP) is None

    spares.refill()
    assert len(spares.pids) == 2
    assert take(SLEEP) == spare


@pytest.mark.parametrize("kind", [SLEEP, PYTHON])
def test_one_that_has_ended_is_not_given_away(spares, take, wait_until, kind):
    """Whoever wants it starts one, and the ended one is waited for."""
    spares.expect([kind])
    (spare,) = spares.pids
    os.kill(spare, signal.SIGKILL)
    wait_until(lambda: not is_alive(spare))

    assert take(kind) is None
    with pytest.raises(ChildProcessError):
        os.waitpid(spare, os.WNOHANG)


def test_one_that_has_ended_since_it_was_judged_is_not_given_away(
    spares, take, wait_until
):
    """Its event would be lost for a fault that is not the function's."""
    spares.expect([PYTHON])
    (spare,) = spares.pids
    assert take(PYTHON, may_use=lambda _modules: False) is None
    os.kill(spare, signal.SIGKILL)
    wait_until(lambda: not is_alive(spare))

    assert take(PYTHON) is None
    assert spares.pids == ()


def test_one_that_has_ended_with_its_answer_unread_is_not_given_away(
    spares, take, wait_until
):
    """What it has imported can still be read then."""
    kind = EndsAfterItsAnswer(PYTHON.names, wait_until=wait_until)
    spares.expect([kind])

    assert take(kind) is None
    assert spares.pids == ()


def test_a_program_that_does_not_stay_is_not_started_again_and_again(
    spares, wait_until
):
    """It is broken; the next who needs it is told."""
    spares.expect([TRUE])
    (spare,) = spares.pids
    wait_until(lambda: not is_alive(spare))

    spares.refill()
    spares.refill()

    assert spares.pids == ()


@pytest.mark.parametrize(
    ("kind", "seconds", "is_held"),
    [
        (SLEEP, KEPT_SECONDS, True),
        (SLEEP, KEPT_SECONDS + 1, False),
        (PYTHON, 10 * KEPT_SECONDS, True),
    ],
)
def test_a_program_that_nobody_asks_for_any_more_ends(
    spares, clock, kind, seconds, is_held
):
    """No memory is held for a language that the developer has left."""
    spares.expect([kind])
    (spare,) = spares.pids
    clock.advance(seconds)
    spares.refill()

    assert is_alive(spare) is is_held
    assert spares.pids == ((spare,) if is_held else ())


def test_closing_ends_them_for_good(spares):
    """A tick that is late starts nothing that would outlive the pool."""
    spares.expect([SLEEP])
    (spare,) = spares.pids
    spares.close()
    spares.expect([SLEEP])
    spares.refill()

    assert not is_alive(spare)
    assert spares.pids == ()


def test_one_that_may_not_be_used_is_kept_for_others(spares, take):
    """A function may bring a module that the spare has imported already."""
    spares.expect([PYTHON])
    (spare,) = spares.pids
    judged = []

    def refuse(modules):
        judged.append(modules)
        return False

    assert take(PYTHON, may_use=refuse) is None
    assert take(PYTHON, may_use=refuse) is None
    assert {"colorsys", "json"} <= judged[0] == judged[1]
    assert "no_such_package" not in judged[0]
    assert take(PYTHON) == spare


def test_the_next_interpreter_imports_what_was_wanted_last(spares, take):
    """The one that is there serves all the same: it has most of it."""
    imported = []

    def note(modules):
        imported.append(modules & {"colorsys", "wave"})
        return True

    more = Interpreter(frozenset(("colorsys", "wave")))
    spares.expect([PYTHON])
    take(more, may_use=note)
    spares.refill()
    take(PYTHON, may_use=note)

    assert imported == [{"colorsys"}, {"colorsys", "wave"}]


def test_one_that_is_refused_late_makes_no_two_of_a_kind(spares, take):
    """By then a tick has started the next."""
    spares.expect([PYTHON])
    (spare,) = spares.pids

    def refuse(modules):
        spares.refill()
        return False

    assert take(PYTHON, may_use=refuse) is None
    assert len(spares.pids) == 1
    assert is_alive(spare) is (spares.pids == (spare,))


def test_one_that_is_refused_after_the_end_is_not_kept(spares, take):
    """Nobody would end it."""
    spares.expect([PYTHON])
    (spare,) = spares.pids

    def refuse(modules):
        spares.close()
        return False

    assert take(PYTHON, may_use=refuse) is None
    assert not is_alive(spare)
    assert spares.pids == ()
