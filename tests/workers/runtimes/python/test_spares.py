"""Workers forked ahead: who becomes one, and that nothing hangs on it."""

import os
import signal
from pathlib import Path

import pytest

from sandbox.exchange import Returned
from sandbox.workers.nurseries import CAN_FORK

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="nothing is forked here")

PID = "import os\ndef handler(event, context): return os.getpid()\n"
STILL_LOOKS = 12
AWS = "import boto3\n" + PID


def children(pool):
    """Give the processes that the nursery is the parent of."""
    nursery = pool.statistics().nursery_pid
    listed = Path(f"/proc/{nursery}/task/{nursery}/children").read_text()
    return {int(pid) for pid in listed.split()}


def cpu_ticks(pid):
    """Give the processor time that a process has used (proc(5), `schedstat`)."""
    return Path(f"/proc/{pid}/schedstat").read_text().split()[0]


def state_of(pid):
    """Give the letter of a process's state: S sleeps, R runs or would (proc(5))."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]


@pytest.fixture
def spares_of(wait_until):
    """Give a function that waits for so many children of a nursery, and gives them.

    Those that are at their rehearsal still are not used; once they wait, they use no
    processor.
    """

    def wait(pool, count):
        wait_until(lambda: len(children(pool)) == count)
        pids = children(pool)
        looks = []

        def are_waiting():
            looks.append([cpu_ticks(pid) for pid in pids])
            is_still = all(look == looks[-1] for look in looks[-STILL_LOOKS:])
            # One that is kept from the processor uses none either.
            are_asleep = {state_of(pid) for pid in pids} == {"S"}
            return len(looks) > STILL_LOOKS and is_still and are_asleep

        wait_until(are_waiting)
        return pids

    return wait


def is_gone(pid):
    """Tell whether a process has ended."""
    try:
        return state_of(pid) == "Z"
    except OSError:
        return True


def test_a_spare_becomes_the_next_worker(app, invoke, spares_of):
    """The process was there before the request, and leads a group of its own."""
    source = "import os\ndef handler(e, c): return [os.getpid(), os.getpgid(0)]\n"
    function = app.function("pid", source)
    pool = app.pool()
    (spare,) = spares_of(pool, 1)

    assert invoke(pool, function).outcome == Returned(value=[spare, spare])


def test_another_spare_follows_the_one_that_was_used(app, invoke, spares_of):
    """Each save finds one again."""
    function = app.function("pid", PID)
    pool = app.pool()
    (first,) = spares_of(pool, 1)
    invoke(pool, function)

    (second,) = spares_of(pool, 2) - {first}
    pool.retire()

    assert invoke(pool, function).worker_pid == second


def test_a_spare_without_its_rehearsal_serves_plain_functions(app, invoke, spares_of):
    """Memory that only AWS calls need is spent on functions that make some."""
    plain, uses_aws = app.function("plain", PID), app.function("aws", AWS)
    pool = app.pool()
    spares = spares_of(pool, 2)

    used = {invoke(pool, function).worker_pid for function in (plain, uses_aws)}

    assert used == spares


def test_workers_of_spares_inherit_no_session(app, invoke, spares_of):
    """A rehearsal leaves neither credentials, a region nor a default session behind."""
    function = app.function(
        "f",
        """
        import boto3, gc, threading

        def handler(event, context):
            clients = [o for o in gc.get_objects() if "rehearsal" in str(vars(o))] \\
                if event else []
            own = boto3.session.Session()
            found = [boto3.DEFAULT_SESSION, own.get_credentials(), own.region_name]
            return [*found, threading.active_count(), gc.isenabled()]
        """,
    )
    pool = app.pool()
    spares = spares_of(pool, 2)

    execution = invoke(pool, function)

    assert execution.worker_pid in spares
    assert execution.outcome == Returned(value=[None, None, None, 1, True])


def test_a_spare_that_was_killed_is_not_waited_for(app, invoke, spares_of, wait_until):
    """A worker is forked as if there had been none."""
    function = app.function("pid", PID)
    pool = app.pool()
    (spare,) = spares_of(pool, 1)
    os.kill(spare, signal.SIGKILL)
    wait_until(lambda: is_gone(spare))

    execution = invoke(pool, function)

    assert execution.outcome == Returned(value=execution.worker_pid)
    assert execution.worker_pid != spare


def test_a_spare_has_what_was_imported_last(app, invoke, spares_of):
    """Spares give way when a function comes to need more."""
    source = "import sys\ndef handler(e, c): return 'botocore' in sys.modules\n"
    bare = app.function("bare", source)
    pool = app.pool()
    spares_of(pool, 1)
    boto = app.function("boto", "import boto3\n" + source)

    first = invoke(pool, boto).outcome
    spares_of(pool, 3)
    outcomes = [first, invoke(pool, bare).outcome]

    assert outcomes == [Returned(value=True)] * 2


def test_workers_hold_nothing_of_other_spares(app, invoke, spares_of):
    """A worker's open files are its own: standard streams, socket and lifeline."""
    source = (
        "import os\n"
        "def handler(event, context):\n"
        "    paths = [f'/proc/self/fd/{fd}' for fd in range(1024)]\n"
        "    found = [os.readlink(path) for path in paths if os.path.lexists(path)]\n"
        "    return sorted(path.partition(':')[0] for path in found)\n"
    )
    plain = app.function("plain", source)
    uses_aws = app.function("aws", f"import boto3\n{source}")
    pool = app.pool()
    spares_of(pool, 2)

    for function in (plain, uses_aws):
        links = invoke(pool, function).outcome.value
        # ctypes has its own library open.
        found = [link for link in links if "/libffi.so" not in link]
        assert found == ["/dev/null", "pipe", "pipe", "pipe", "socket"]


def test_spares_end_with_their_pool(app, spares_of, wait_until):
    """Nothing outlives the sandbox."""
    app.function("pid", AWS)
    pool = app.pool()
    spares = spares_of(pool, 2)

    pool.close()

    for pid in spares:
        wait_until(lambda pid=pid: is_gone(pid))
