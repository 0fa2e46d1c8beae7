"""What handlers cannot share between processes, as on Lambda."""

import errno

import pytest

from sandbox.exchange import Raised, Returned


@pytest.mark.parametrize(
    "call",
    [
        "multiprocessing.Lock()",
        "multiprocessing.Queue()",
        "multiprocessing.Pool(2)",
        "ThreadPool(2)",
        "ProcessPoolExecutor(2).submit(int)",
        "SharedMemory(create=True, size=8)",
    ],
)
@pytest.mark.parametrize("is_loading", [True, False])
def test_what_needs_dev_shm_fails_as_on_lambda(run, call, is_loading):
    """With Lambda's own error, the app's frames, and what to use in its place."""
    imports = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.pool import ThreadPool
from multiprocessing.shared_memory import SharedMemory
"""
    body = (
        f"{call}\ndef handler(event, context): pass"
        if is_loading
        else f"def handler(event, context):\n    {call}"
    )

    outcome = run(imports + body).outcome

    assert isinstance(outcome, Raised)
    assert outcome.error_type == "OSError"
    assert outcome.message == f"[Errno {errno.ENOSYS}] Function not implemented"
    assert outcome.while_loading == is_loading
    assert "no /dev/shm" in outcome.remedy
    assert "runtimes/python" not in outcome.trace
    assert any(frame.is_app_code for frame in outcome.stack)


def test_so_it_fails_in_an_interpreter_that_was_begun_ahead(app, invoke):
    """It was no fork, and told its function late."""
    source = "import multiprocessing\ndef handler(e, c): multiprocessing.Lock()\n"
    function = app.function("locks", source)
    pool = app.pool(can_fork=False)
    spares = pool.statistics().spare_pids

    execution = invoke(pool, function)

    assert execution.worker_pid in spares
    assert isinstance(execution.outcome, Raised)
    assert "no /dev/shm" in execution.outcome.remedy


def test_processes_and_pipes_work(run):
    """They are what AWS recommends there; threads and their locks work as ever."""
    outcome = run(
        """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        from multiprocessing import Pipe, Process

        def square(pipe, number):
            pipe.send(number * number)

        def handler(event, context):
            near, far = Pipe()
            process = Process(target=square, args=(far, 3))
            process.start()
            result = near.recv()
            process.join()
            with threading.Lock(), ThreadPoolExecutor(2) as pool:
                return [result, *pool.map(abs, [-1, -2])]
        """
    ).outcome

    assert outcome == Returned(value=[9, 1, 2])


def test_another_function_that_is_not_implemented_is_the_apps_own_affair(run):
    """The same number may come from anywhere."""
    outcome = run(
        """
        import errno

        def handler(event, context):
            raise OSError(errno.ENOSYS, "mine")
        """
    ).outcome

    assert (outcome.message, outcome.remedy) == (f"[Errno {errno.ENOSYS}] mine", "")
