"""How `arc-sandbox start` lets handlers be debugged: in its terminal, by an editor."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from sandbox.cli.console import Console
from sandbox.cli.terminal import KeyReader
from sandbox.errors import WorldError
from sandbox.notice import Notice
from sandbox.workers.debugging import Debugging, is_in_foreground, no_terminal


def debugging_for(
    console: Console, reader: KeyReader | None, *, port: int | None
) -> Debugging:
    """Give what workers do beside their work.

    Args:
        console: told where a debugger finds a worker.
        reader: what takes keys from the terminal; None without a terminal.
        port: where given, workers wait there, or later, for a debugger.

    Raises:
        WorldError: a port is given, and the package that would listen is missing.
    """
    if port is not None and find_spec("debugpy") is None:
        raise WorldError(
            'The package "debugpy", which --debugger needs, is not installed.',
            remedy="Install it: pip install debugpy.",
        )

    def say(text: str) -> None:
        console.show_notice(Notice(level="info", text=text))

    return Debugging(
        lend_terminal=TerminalLender(reader, console).lend if reader else no_terminal,
        port=port,
        say=say,
    )


class TerminalLender:
    """Has one handler at a time talk to the developer; safe between threads.

    Args:
        reader: what takes keys from the terminal, which rests meanwhile.
        console: what writes to it, which is held back meanwhile.
    """

    def __init__(self, reader: KeyReader, console: Console) -> None:
        self._reader = reader
        self._console = console
        self._lock = threading.Lock()

    @contextmanager
    def lend(self) -> Iterator[str | None]:
        """Give the terminal's path; None where a shell has it for something else."""
        fd = self._reader.fd
        if not is_in_foreground(fd):
            yield None
            return
        with self._lock, self._console.paused(), self._reader.paused():
            yield os.ttyname(fd)
