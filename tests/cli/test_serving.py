"""What `arc-sandbox start` says once, beside the addresses."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.cli.serving import banner, not_emulated_text
from sandbox.options import Options


@pytest.mark.parametrize(
    ("pragmas", "told"),
    [
        (("ws", "events"), "Not emulated: @ws @events."),
        (
            ("plugins", "scheduled"),
            "Not emulated: @plugins @scheduled. What plugins set is missing: routes, "
            "runtimes, variables.",
        ),
    ],
)
def test_not_emulated_text_says_what_is_missing(
    pragmas: tuple[str, ...], told: str
) -> None:
    """By name; of plugins, one may make a whole app of routes."""
    assert not_emulated_text(pragmas) == told


def test_banner_leaves_no_gap_where_routes_would_be(tmp_path: Path) -> None:
    """An app may have none: static files alone, or those of a plugin."""
    (tmp_path / "app.arc").write_text("@app\nan-app\n@static\n")

    with Sandbox(tmp_path) as sandbox:
        lines = banner(sandbox, Options()).splitlines()

    assert lines[2] == ""
    assert lines[3].startswith("  inspector  ")


INTERRUPTED = """
import signal
from sandbox.cli.serving import until_interrupted
from sandbox.clock import ManualClock

clock = ManualClock()
with until_interrupted(clock) as stop:
    for seconds in {pauses}:
        clock.advance(seconds)
        signal.raise_signal(signal.SIGTERM)
    print("all is closed" if stop.is_set() else "", flush=True)
"""


@pytest.mark.parametrize(
    ("pauses", "exit_code", "output"),
    [
        ((0, 0.001), 0, "all is closed\n"),
        ((0, 0.001, 0.001), 0, "all is closed\n"),
        ((0, 1), 143, ""),
    ],
)
def test_a_signal_that_comes_twice_at_once_is_one(
    pauses: tuple[float, ...], exit_code: int, output: str
) -> None:
    """`timeout` sends two; only a later one is of somebody who waits no longer."""
    program = INTERRUPTED.format(pauses=pauses)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (exit_code, output)


AFTERWARDS = """
import signal
from sandbox.cli.serving import until_interrupted
from sandbox.clock import ManualClock

numbers = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
signal.signal(signal.SIGHUP, signal.{hangup})
before = [signal.getsignal(number) for number in numbers]
with until_interrupted(ManualClock()) as stop:
    signal.raise_signal(signal.SIGHUP)
    print(stop.is_set(), flush=True)
print(before == [signal.getsignal(number) for number in numbers])
"""


@pytest.mark.parametrize(("hangup", "stops"), [("SIG_DFL", True), ("SIG_IGN", False)])
def test_a_closed_terminal_ends_all_but_under_nohup(
    hangup: str,
    stops: bool,  # noqa: FBT001 - a table's column
) -> None:
    """And afterwards signals are what they were."""
    program = AFTERWARDS.format(hangup=hangup)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert ended.stdout.split() == [str(stops), "True"]


TAKEN_ELSEWHERE = """
import signal, threading
from sandbox.cli.serving import until_interrupted, wait_for
from sandbox.clock import ManualClock

with until_interrupted(ManualClock()) as stop:
    def take():
        while not stop._cond._waiters:
            pass
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    threading.Thread(target=take).start()
    wait_for(stop)
    print("all is closed")
"""


def test_a_signal_that_another_thread_takes_is_not_lost() -> None:
    """As the system may have it where threads come and go: nothing wakes this one."""
    ended = subprocess.run(
        [sys.executable, "-c", TAKEN_ELSEWHERE],
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )

    assert (ended.returncode, ended.stdout) == (0, "all is closed\n")
