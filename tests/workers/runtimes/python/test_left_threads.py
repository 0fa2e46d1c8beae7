"""Threads that run on where their event has ended: those that Lambda would freeze."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]

COMMON = """
    import functools, logging.handlers, queue, sys, threading, time
    from concurrent.futures import ThreadPoolExecutor
    from multiprocessing.pool import ThreadPool

    LONG = 60
    begun = threading.Event()
    jobs, plain_jobs = queue.Queue(), queue.SimpleQueue()

    def start(target, *args):
        threading.Thread(target=target, args=args, daemon=True).start()

    def send_mail(number=0):
        begun.set()
        time.sleep(LONG)

    def wait_at(name):
        deadline = time.monotonic() + 10
        while name not in {f.f_code.co_name for f in sys._current_frames().values()}:
            assert time.monotonic() < deadline

    def take_jobs():
        jobs.get()

    def take_plain_jobs():
        while True:
            plain_jobs.get()

    def loop():
        import asyncio
        asyncio.run(asyncio.sleep(LONG))

    class Mailer(threading.Thread):
        daemon = True

        def run(self):
            send_mail()

    def quick():
        pass

    def handler(event, context):
        exec(event, globals())
        if "raise" in event:
            raise ValueError
"""


def _run_step(run: Run, step: str) -> Any:
    return run(COMMON, step)


@pytest.mark.parametrize(
    ("step", "named"),
    [
        ("start(send_mail); begun.wait()", "send_mail"),
        ("start(send_mail)", "send_mail"),
        ("start(functools.partial(send_mail, 1))", "send_mail"),
        ("start(time.sleep, LONG)", "sleep"),
        ("Mailer().start(); begun.wait()", "run"),
        ("threading.Timer(LONG, send_mail).start()", "send_mail"),
        ("ThreadPoolExecutor().submit(send_mail); begun.wait()", "send_mail"),
        ("start(send_mail); begun.wait(); start(send_mail)", "send_mail"),
        ("start(send_mail); begun.wait(); 'raise'", "send_mail"),
    ],
)
def test_a_thread_that_is_at_work_is_named(run: Run, step: str, named: str) -> None:
    """By the function that it was started with, however it was started."""
    assert _run_step(run, step).threads == (named,)


@pytest.mark.parametrize(
    "step",
    [
        "send_mail",
        "t = threading.Thread(target=quick); t.start(); t.join()",
        "with ThreadPoolExecutor() as pool: pool.submit(quick)",
        "ThreadPoolExecutor().submit(quick).result()",
        "list(ThreadPoolExecutor().map(len, ['a', 'b']))",
        "ThreadPool(2).map(len, ['a', 'b'])",
        "logging.handlers.QueueListener(jobs).start()",
        "logging.handlers.QueueListener(plain_jobs).start()",
        "start(take_jobs); wait_at('wait')",
        "start(take_plain_jobs); wait_at('take_plain_jobs')",
        "start(loop); wait_at('select')",
    ],
)
def test_a_thread_that_has_nothing_to_do_is_not(run: Run, step: str) -> None:
    """Pools, listeners and loops wait for the next event, as they do on Lambda."""
    assert _run_step(run, step).threads == ()


def test_a_thread_is_told_with_the_event_that_started_it(app, invoke) -> None:
    """Not with the next one, nor where the module has started it."""
    source = COMMON + "\n    start(send_mail)\n    begun.wait()\n"
    function = app.function("threads", source)
    pool = app.pool()
    steps = ("begun.is_set()", "start(send_mail)", "begun.is_set()", "start(send_mail)")

    told = [invoke(pool, function, step).threads for step in steps]

    assert told == [(), ("send_mail",), (), ("send_mail",)]
