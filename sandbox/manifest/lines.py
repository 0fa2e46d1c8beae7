"""Tokens by line: how long lines are, how they are indented, what they carry."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sandbox.manifest.nodes import Token

Line: TypeAlias = Sequence[Token]

INDENT = 2
NESTED_INDENT = 4


def scalars(line: Line) -> list[Token]:
    """Give the tokens of a line that carry a value."""
    return [token for token in line if token.is_scalar]


def is_indented(line: Line, spaces: int = INDENT) -> bool:
    """Tell whether a line starts with at least `spaces` space tokens."""
    return len(line) >= spaces and all(token.kind == "space" for token in line[:spaces])


def is_blank(line: Line) -> bool:
    """Tell whether a line has nothing but spaces, a comment and its end."""
    return all(token.is_empty for token in line)


class TokenLines:
    """The lines of a token list, seen from any token on."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._ends: list[int] = [0] * len(tokens)
        end = len(tokens)
        for index in range(len(tokens) - 1, -1, -1):
            if tokens[index].kind == "newline":
                end = index + 1
            self._ends[index] = end

    def lines_from(self, index: int) -> Iterator[Line]:
        """Give what is left of the line at token `index`, then the lines below it."""
        while index < len(self.tokens):
            end = self._ends[index]
            yield self.tokens[index:end]
            index = end
