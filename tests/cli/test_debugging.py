"""How `arc-sandbox start` lets handlers be debugged."""

import os

import pytest

from sandbox.cli import debugging
from sandbox.cli.console import Console, Verbosity
from sandbox.cli.debugging import TerminalLender, debugging_for
from sandbox.cli.terminal import KeyReader
from sandbox.errors import WorldError
from sandbox.workers.debugging import no_terminal

CONSOLE = Console(Verbosity(), use_colour=False)


def test_a_missing_debugpy_is_told_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install, and only where it is needed."""
    monkeypatch.setattr(debugging, "find_spec", lambda _name: None)

    with pytest.raises(WorldError, match="pip install debugpy"):
        debugging_for(CONSOLE, None, port=5678)
    assert debugging_for(CONSOLE, None, port=None).port is None


def test_nothing_is_lent_without_a_terminal() -> None:
    """A sandbox in a pipeline has none."""
    assert debugging_for(CONSOLE, None, port=None).lend_terminal is no_terminal


def test_nothing_is_lent_from_the_background() -> None:
    """A shell has the terminal then, and reading it would take what is typed there."""
    ours, theirs = os.openpty()
    with TerminalLender(KeyReader(theirs), CONSOLE).lend() as path:
        assert path is None
    os.close(ours)
    os.close(theirs)


def test_where_a_debugger_finds_a_worker_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In the terminal, as it is needed there."""
    debugging_for(CONSOLE, None, port=5678).say("get / waits at port 5678.")

    assert "get / waits at port 5678." in capsys.readouterr().out
