"""What is lent where there is no terminal; where there is one: end_to_end."""

import os
import threading

import pytest

from sandbox.testing.lent_terminal import LentTerminal, debugging_in_tests


class Capture:
    """Notes what it is told, as pytest's capture manager does it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def suspend(self, *, in_: bool) -> None:
        self.told.append(f"suspend {in_}")

    def resume(self) -> None:
        self.told.append("resume")


@pytest.fixture
def capture(monkeypatch: pytest.MonkeyPatch) -> Capture:
    """Give a capture of a run whose standard input is no terminal."""
    monkeypatch.setattr(os, "tcgetpgrp", no_terminal)
    return Capture()


def no_terminal(fd: int) -> int:
    raise OSError(25, f"{fd} is no terminal")


def test_without_a_terminal_nothing_is_lent(capture: Capture) -> None:
    """And the tests' output is captured again."""
    with debugging_in_tests(capture).lend_terminal() as path:
        assert path is None

    assert capture.told == ["suspend True", "resume"]


@pytest.mark.usefixtures("capture")
def test_where_nothing_is_captured_nothing_rests() -> None:
    """Pytest has no capture manager then."""
    with debugging_in_tests(None).lend_terminal() as path:
        assert path is None


def test_it_is_captured_again_whatever_happens(capture: Capture) -> None:
    """As where the handler's process dies at its prompt."""
    with (
        pytest.raises(ValueError, match="mine"),
        LentTerminal(capture).lend(),
    ):
        raise ValueError("mine")

    assert capture.told == ["suspend True", "resume"]


def test_one_handler_has_it_at_a_time(capture: Capture) -> None:
    """Two prompts in one terminal would take each other's lines."""
    terminal, entered = LentTerminal(capture), threading.Event()

    def wait_turn() -> None:
        with terminal.lend():
            entered.set()

    with terminal.lend():
        second = threading.Thread(target=wait_turn)  # noqa: TID251 - a test's own
        second.start()
        assert capture.told == ["suspend True"]
    assert entered.wait(30)
    second.join(30)

    assert capture.told == ["suspend True", "resume"] * 2
