"""One nursery at a time, begun before anybody knows what for."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.workers.nurseries import CAN_FORK, Nurseries
from sandbox.workers.nursery import NurseryError

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="nothing is forked here")


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def nurseries():
    with Nurseries() as nurseries:
        yield nurseries


def test_a_nursery_begun_ahead_is_the_one_that_forks(app, invoke, nurseries):
    """The pool takes it as it is, whatever the app turns out to import."""
    pid = nurseries.begin().pid
    source = (
        "import os\nimport boto3\ndef handler(event, context): return os.getppid()\n"
    )
    function = app.function("parent", source)

    pool = app.pool(nurseries=nurseries)

    assert invoke(pool, function).outcome.value == pid
    assert pool.statistics().nursery_pid == pid


def test_an_app_without_python_keeps_no_nursery(app, nurseries):
    """What was begun for nothing ends, and its memory with it."""
    pid = nurseries.begin().pid

    pool = app.pool(nurseries=nurseries)

    assert pool.statistics().nursery_pid is None
    assert not is_alive(pid)


def test_a_nursery_that_died_before_the_app_was_read_is_replaced(
    app, invoke, nurseries
):
    """The first request is answered all the same, and the next start is a fork."""
    dead = nurseries.begin().pid
    os.kill(dead, signal.SIGKILL)
    source = "import os\ndef handler(event, context): return os.getppid()\n"
    function = app.function("parent", source)

    pool = app.pool(nurseries=nurseries)
    invoke(pool, function)
    nurseries.begin().wait_ready()
    pool.retire()

    parent = invoke(pool, function).outcome.value
    assert parent == pool.statistics().nursery_pid != dead


def test_asking_for_more_imports_does_not_wait(nurseries):
    """A start asks for the app's packages while the nursery may still begin."""
    nursery = nurseries.begin()
    os.kill(nursery.pid, signal.SIGSTOP)

    nurseries.begin(frozenset({"boto3"}))
    was_ready = nursery.is_ready()
    os.kill(nursery.pid, signal.SIGCONT)
    nursery.wait_ready()

    assert not was_ready
    assert "boto3" in nursery.modules


def test_who_wants_nothing_more_does_not_queue(nurseries, wait_until):
    """Another start may wait for imports; this one can begin an interpreter afresh."""
    nursery = nurseries.begin()
    nursery.wait_ready()
    os.kill(nursery.pid, signal.SIGSTOP)
    nurseries.begin(frozenset({"boto3"}))

    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(nursery.wait_ready)
        wait_until(nursery._lock.locked)  # noqa: SLF001 - nothing else shows the wait
        found = threads.submit(nurseries.begin)
        try:
            assert found.result(5) is nursery
            assert not nursery.is_ready()
        finally:
            os.kill(nursery.pid, signal.SIGCONT)
        waiting.result()


def test_answers_that_came_together_are_all_taken_in(nurseries, wait_until):
    """Both have arrived before anybody looks."""
    nursery = nurseries.begin()
    nurseries.begin(frozenset({"boto3"}))

    wait_until(nursery.is_ready)

    assert "boto3" in nursery.modules


def test_closing_ends_the_nursery_and_may_be_repeated():
    """The command line closes what the pool may have closed before."""
    nurseries = Nurseries()
    pid = nurseries.begin().pid

    nurseries.close()
    nurseries.close()

    assert nurseries.pid is None
    assert not is_alive(pid)


@pytest.mark.slow
def test_a_late_answer_is_not_taken_for_the_next(nurseries, app, invoke, wait_until):
    """A nursery that was late once is done with; another forks in its place."""
    source = "import os\ndef handler(event, context): return os.getppid()\n"
    function = app.function("parent", source)
    pool = app.pool(nurseries=nurseries)
    worker = invoke(pool, function)
    late = nurseries.begin()

    os.kill(late.pid, signal.SIGSTOP)
    with pytest.raises(NurseryError):
        late.reap(worker.worker_pid, 0)
    os.kill(late.pid, signal.SIGCONT)
    with pytest.raises(NurseryError, match="out of step"):
        late.reap(worker.worker_pid, 0)
    wait_until(lambda: not is_alive(worker.worker_pid))

    parent = invoke(pool, function).outcome.value
    assert parent not in (late.pid, worker.outcome.value)


def test_a_nursery_is_not_begun_once_all_is_closed(nurseries):
    """A start that was under way meets the end: nothing would end that process."""
    nurseries.close()

    with pytest.raises(OSError, match="closed"):
        nurseries.begin()

    assert nurseries.pid is None
