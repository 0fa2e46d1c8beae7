"""Single keys from a real terminal: a pseudo-terminal, in a session of its own."""

import os
import pty
import signal
import termios
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.cli import terminal
from sandbox.cli.terminal import KeyReader, TerminalState, is_in_foreground, keys_of

pytestmark = pytest.mark.slow

CHILD = """
import sys
from sandbox.cli.terminal import KeyReader

with KeyReader(0) as reader:
    print("reading", flush=True)
    while (typed := reader.wait_keys()) is not None and "q" not in typed:
        print(f"<{typed}>", flush=True)
print("over", flush=True)
"""


@pytest.fixture
def shell(run_in_terminal: Any, wait_until: Callable[..., None]) -> Any:
    """Give a program that reads keys."""
    started = run_in_terminal("-c", CHILD)
    wait_until(lambda: "reading" in started.shown, what="reading")
    return started


def state_of(pid: int) -> str:
    """Give the letter that Linux has for a process's state."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_keys_come_one_by_one_and_unechoed(
    shell: Any, wait_until: Callable[..., None]
) -> None:
    """Without Enter; arrow keys are none."""
    shell.type("a")
    wait_until(lambda: "<a>" in shell.shown)
    shell.type("\x1b[A")
    wait_until(lambda: "<>" in shell.shown)

    assert shell.shown.replace("\r\n", " ").split() == ["reading", "<a>", "<>"]


def test_the_terminal_is_restored_at_the_end(
    shell: Any, wait_until: Callable[..., None]
) -> None:
    """The shell that follows finds it as it was."""
    assert not shell.is_plain

    shell.type("q")
    wait_until(lambda: "over" in shell.shown)

    assert shell.is_plain


def test_the_terminal_is_restored_while_suspended(
    shell: Any, wait_until: Callable[..., None]
) -> None:
    """Ctrl-Z gives it back, and going on takes it again."""
    shell.type("\x1a")
    wait_until(lambda: state_of(shell.pid) == "T", what="stopped")
    assert shell.is_plain

    os.kill(shell.pid, signal.SIGCONT)
    wait_until(lambda: not shell.is_plain)
    shell.type("b")

    wait_until(lambda: "<b>" in shell.shown)


def test_the_terminal_is_restored_where_it_is_quit(
    shell: Any, wait_until: Callable[..., None]
) -> None:
    """By the key for what does not end by Ctrl-C."""
    shell.type("\x1c")
    wait_until(lambda: shell.process.poll() is not None, what="the end")

    assert shell.process.returncode == -signal.SIGQUIT % 256
    assert shell.is_plain


def test_the_terminal_is_restored_after_a_failure(
    run_in_terminal: Any, wait_until: Callable[..., None]
) -> None:
    """An exception is no reason to leave a shell that shows nothing."""
    failing = CHILD.replace('print("reading"', '1/0; print("reading"')
    shell = run_in_terminal("-c", failing)
    wait_until(lambda: "ZeroDivisionError" in shell.shown)

    assert shell.is_plain


def test_paused_leaves_the_terminal_to_something_else(
    run_in_terminal: Any, wait_until: Callable[..., None]
) -> None:
    """A debugger needs its lines and its echo."""
    shell = run_in_terminal(
        "-c",
        CHILD.replace(
            '    print("reading"',
            "    with reader.paused():\n"
            '        print("paused", input("paused?"), flush=True)\n'
            '    print("reading"',
        ),
    )
    wait_until(lambda: "paused?" in shell.shown)
    assert shell.is_plain
    shell.type("line\n")
    wait_until(lambda: "paused line" in shell.shown)
    wait_until(lambda: "reading" in shell.shown)

    assert not shell.is_plain


@pytest.fixture
def own_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Give a terminal that is taken for one in whose foreground this process runs."""
    ours, theirs = pty.openpty()
    monkeypatch.setattr(terminal, "is_in_foreground", lambda _: True)
    yield theirs
    os.close(ours)
    os.close(theirs)


def test_a_pause_that_begins_as_the_terminal_is_taken_has_it(
    monkeypatch: pytest.MonkeyPatch, own_terminal: int
) -> None:
    """One handler may be debugged right after another, in threads of their own."""
    before = termios.tcgetattr(own_terminal)
    change = termios.tcsetattr
    is_paused, is_taken = threading.Event(), threading.Event()
    found: list[Any] = []
    reader = KeyReader(own_terminal)

    def pause() -> None:
        with reader.paused():
            is_paused.set()
            assert is_taken.wait(10)
            found.extend(termios.tcgetattr(own_terminal))

    def change_late(*arguments: Any) -> None:
        monkeypatch.setattr(termios, "tcsetattr", change)
        threads.submit(pause)
        is_paused.wait(0.1)  # a pause that waits for this to end begins later
        change(*arguments)
        is_taken.set()

    monkeypatch.setattr(termios, "tcsetattr", change_late)
    with ThreadPoolExecutor(1) as threads, reader:
        pass  # the reader takes the terminal, and the pause comes amid

    assert found == before


def test_a_pause_that_begins_as_the_terminal_is_given_back_has_it(
    monkeypatch: pytest.MonkeyPatch, own_terminal: int
) -> None:
    """It found nothing to give back, and a terminal that was still the reader's."""
    before = termios.tcgetattr(own_terminal)
    change = termios.tcsetattr
    is_paused = threading.Event()
    found: list[Any] = []
    reader = KeyReader(own_terminal)

    def pause() -> None:
        with reader.paused():
            found.extend(termios.tcgetattr(own_terminal))
            is_paused.set()

    def change_late(*arguments: Any) -> None:
        monkeypatch.setattr(termios, "tcsetattr", change)
        threads.submit(pause)
        is_paused.wait(0.1)  # a pause that waits for this to end begins later
        change(*arguments)

    with ThreadPoolExecutor(1) as threads, reader:
        monkeypatch.setattr(termios, "tcsetattr", change_late)

    assert found == before


def test_a_pipe_is_no_terminal() -> None:
    """Nothing is asked of it, and nothing restored."""
    readable, writable = os.pipe()
    with os.fdopen(readable) as stream:
        TerminalState(stream).restore()
        assert not is_in_foreground(readable)
    os.close(writable)


def test_what_is_no_terminal_has_no_keys() -> None:
    """A service or a container may start with its standard input closed: None."""
    with Path(os.devnull).open() as stream:
        assert keys_of(stream) is None
    assert keys_of(None) is None


def test_a_terminal_of_another_process_is_left_alone() -> None:
    """As one in the background does, which would be stopped for touching it."""
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    with KeyReader(theirs):
        assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)
