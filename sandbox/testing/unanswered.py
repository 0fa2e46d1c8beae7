"""A question that a test's app cannot answer: the names there are, and a remedy."""

from collections.abc import Iterable


class UnansweredError(KeyError):
    """A test asked for a table or function that the app does not have.

    Args:
        asked: who was asked, such as the fixture `arc_tables`.
        kind: what was asked for, in a word.
        name: the name that is unknown.
        known: the names that there are.
        remedy: what to do about it.
    """

    def __init__(
        self, asked: str, kind: str, name: str, *, known: Iterable[str], remedy: str
    ) -> None:
        there_are = ", ".join(f'"{each}"' for each in known) or "none"
        self.message = (
            f'{asked}: the app has no {kind} "{name}". It has: {there_are}. {remedy}'
        )
        super().__init__(self.message)

    def __str__(self) -> str:
        # KeyError would show the text as a Python literal.
        return self.message
