"""`breakpoint()` in a handler: pdb, in the terminal that runs the sandbox.

The terminal is asked for at each prompt and given back when the handler goes on, so
that the sandbox's own keys and lines have it meanwhile.
"""

import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

_IGNORED = (
    "breakpoint() is ignored: the sandbox runs without a terminal. Run arc-sandbox "
    "start, or pytest without xdist's -n, in one; or use arc-sandbox start --debugger "
    "and an editor.\n"
)
_GREETING = (
    "\nA breakpoint: the handler waits, and its time limit with it (c goes on, h helps)"
)


class Breakpoints:
    """The breakpoint hook of one worker.

    Args:
        borrow: asks for the terminal; gives its path, or None where there is none.
        give_back: tells that it is not needed any more.
    """

    def __init__(
        self, borrow: Callable[[], str | None], give_back: Callable[[], None]
    ) -> None:
        self._borrow = borrow
        self._give_back = give_back
        self._pid = os.getpid()
        self._prompt: Any = None
        self._is_told = False

    def install(self) -> None:
        """Be what `breakpoint()` calls."""
        sys.breakpointhook = self._hook

    def end_event(self) -> None:
        """Stop tracing: what follows the handler is not the developer's code."""
        if self._prompt is not None:
            sys.settrace(None)
            self._prompt = None

    def _hook(self, *arguments: Any, **named: Any) -> Any:
        chosen = os.environ.get("PYTHONBREAKPOINT")
        if chosen:
            return sys.__breakpointhook__(*arguments, **named)
        path = self._borrow() if os.getpid() == self._pid else None
        if path is not None:
            self._prompt = _make_prompt(path, self._borrow, self._give_back)
            self._prompt.message(_GREETING)
            # The frame that called breakpoint(), which has none of its own.
            self._prompt.set_trace(sys._getframe(1))  # noqa: SLF001 (pdb does so too)
        elif not self._is_told:
            self._is_told = True
            sys.stderr.write(_IGNORED)
        return None


def _make_prompt(
    path: str, borrow: Callable[[], str | None], give_back: Callable[[], None]
) -> Any:
    """Give a pdb that holds the terminal at `path` now, and while it asks."""
    # It takes a dozen milliseconds to import, and only a breakpoint needs it.
    import pdb

    def opener(file: str, flags: int) -> int:
        return os.open(file, flags | os.O_NOCTTY)

    class Prompt(pdb.Pdb):
        def __init__(self) -> None:
            self._is_held = True
            super().__init__(
                # Kept open: lines that are typed ahead are read into its buffer.
                stdin=open(path, encoding="utf-8", opener=opener),  # noqa: SIM115
                stdout=open(path, "w", encoding="utf-8", opener=opener),  # noqa: SIM115
                # A step beyond the handler would lead into what has called it.
                skip=[f"{__package__}.*"],
                nosigint=True,
            )
            self.use_rawinput = False

        def interaction(self, frame: FrameType | None, *details: Any) -> None:
            if not self._is_held and borrow() is None:
                self.set_continue()
                return
            self._is_held = True
            try:
                super().interaction(frame, *details)
            finally:
                self._is_held = False
                self.stdout.flush()
                give_back()

    return Prompt()
