"""What the sandbox says outside of any request: one line, and how much it matters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["detail", "info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing worth telling whoever runs the sandbox."""

    level: Level
    """`detail` is shown when asked for (`--verbose`), the others always."""
    text: str


def say_nothing(notice: Notice) -> None:
    """Drop a notice: for sandboxes that nobody watches."""


def told_errors(say: Callable[[Notice], None]) -> Callable[[Exception], None]:
    """Give what says an exception that nobody handles, for threads that go on."""

    def tell(error: Exception) -> None:
        say(Notice(level="error", text=f"{type(error).__name__}: {error}"))

    return tell


class WarnOnce:
    """Says each warning the first time only.

    Args:
        say: told those that are new.
    """

    def __init__(self, say: Callable[[Notice], None]) -> None:
        self._say = say
        self._told: set[str] = set()

    def __call__(self, text: str, *, about: str = "") -> None:
        """Say a warning, unless it was said.

        Args:
            text: the warning.
            about: what is warned of once, whatever the words; by default the words.
        """
        subject = about or text
        if subject not in self._told:
            self._told.add(subject)
            self._say(Notice(level="warning", text=text))
