"""Reads what DynamoDB's expressions have in common: paths, values and functions.

A reader of a kind of expression is a class below `Reader`, each of whose methods reads
what it is named after from where it is, or finds that something else stands there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, TypeAlias, TypeVar

from sandbox.tables.expression_text import (
    ExpressionError,
    Token,
    syntax_error,
    tokens_of,
)

MAX_PATH_LEVELS = 32
"""DynamoDB Developer Guide, "Quotas": how deep a document path may lead."""
_LARGEST_INDEX = 2**31 - 1
_REMEMBERED = 256
_T = TypeVar("_T")

RealPath: TypeAlias = tuple[str | int, ...]
"""Attributes' real names, and places in lists: `("a", "b", 1)`."""


@dataclass(frozen=True, slots=True)
class Path:
    """Leads to an attribute or into it: `a.b[1]` is `("a", "b", 1)`; may have `#n`."""

    parts: tuple[str | int, ...]

    def __str__(self) -> str:
        shown = (f"[{p}]" if isinstance(p, int) else p for p in self.parts)
        return f"[{', '.join(shown)}]"

    def real(self, names: Mapping[str, str]) -> RealPath:
        """Give the parts with attributes' real names; undefined ones stay."""
        return tuple(
            names.get(part, part) if isinstance(part, str) else part
            for part in self.parts
        )


@dataclass(frozen=True, slots=True)
class Value:
    """A `:value`."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function: a condition of its own, or `size` as an operand."""

    function: str
    operands: tuple["Operand", ...]


Operand: TypeAlias = Path | Value | Call


@lru_cache(_REMEMBERED)
def parse_paths(text: str) -> tuple[Path, ...]:
    """Read a ProjectionExpression: paths with commas between them.

    Raises:
        ExpressionError: it is none.
    """
    reader = Reader(text)
    return reader.whole(lambda: reader.listed(reader.path))


class MismatchError(Exception):
    """What was tried does not stand here."""


class Reader:
    """Reads one text.

    Args:
        text: an expression.
        tokens: those of the text; None for those that expressions have.

    Raises:
        ExpressionError: as `tokens_of`.
    """

    keywords: ClassVar[frozenset[str]] = frozenset()
    """Words, in capitals, that are no names."""

    def __init__(self, text: str, tokens: Sequence[Token] | None = None) -> None:
        self._text = text
        self._tokens = tokens_of(text) if tokens is None else tokens
        self._place = 0
        self._furthest = 0
        self._last_group = (-1, -1)
        self._has_redundant_parentheses = False

    def whole(self, read: Callable[[], _T]) -> _T:
        """Give what `read` reads, which is all there is.

        Raises:
            ExpressionError: it is not, nests too deeply, or has parentheses directly
                within others.
        """
        try:
            found = read()
            if self._next.kind != "end":
                raise self._mismatch()
        except MismatchError:
            raise syntax_error(self._text, self._tokens, self._furthest) from None
        except RecursionError as error:
            raise ExpressionError("The expression nests too deeply;") from error
        if self._has_redundant_parentheses:
            raise ExpressionError("The expression has redundant parentheses;")
        return found

    def listed(self, read: Callable[[], _T]) -> tuple[_T, ...]:
        """Read one and more of a kind, with commas between them."""
        found = [read()]
        while self._next.is_symbol(","):
            self._place += 1
            found.append(read())
        return tuple(found)

    # operand: "(" operand ")" | function "(" operand ("," operand)* ")" | :value | path

    def operand(self) -> Operand:
        """Read an operand, which may stand in parentheses."""
        start = self._place
        depth = 0
        while self._next.is_symbol("("):
            self._place += 1
            depth += 1
        operand = self._bare_operand()
        for _ in range(depth):
            self._expect(")")
        if depth > 1:
            self._has_redundant_parentheses = True
        if depth:
            self._last_group = (start, self._place)
        return operand

    def operands(self) -> tuple[Operand, ...]:
        """Read operands in parentheses."""
        self._expect("(")
        found = self.listed(self.operand)
        self._expect(")")
        return found

    def value(self) -> Value:
        """Read a `:value`."""
        token = self._next
        if token.kind != "value":
            raise self._mismatch()
        self._place += 1
        return Value(token.text)

    def _bare_operand(self) -> Operand:
        token = self._next
        if token.kind == "value":
            return self.value()
        if token.kind == "name" and self._tokens[self._place + 1].is_symbol("("):
            if token.text.upper() in self.keywords:
                raise self._mismatch()
            self._place += 1
            return Call(token.text, self.operands())
        return self.path()

    # path: name ("." name | "[" number "]")*

    def path(self) -> Path:
        """Read a path."""
        parts: list[str | int] = [self._name()]
        while self._next.is_symbol(".", "["):
            self._place += 1
            if self._tokens[self._place - 1].text == ".":
                parts.append(self._name())
                continue
            parts.append(self._index())
            self._expect("]")
        if len(parts) > MAX_PATH_LEVELS:
            raise ExpressionError(
                "The document path has too many nesting levels; "
                f"nesting levels: {len(parts)}"
            )
        return Path(tuple(parts))

    def _index(self) -> int:
        token = self._next
        if token.kind != "number":
            raise self._mismatch()
        index = int(token.text)
        if index > _LARGEST_INDEX:
            raise ExpressionError(
                f"List index is not within the allowable range; index: [{index}]"
            )
        self._place += 1
        return index

    def _name(self) -> str:
        token = self._next
        is_keyword = token.text.upper() in self.keywords
        if token.kind not in ("name", "placeholder") or is_keyword:
            raise self._mismatch()
        self._place += 1
        return token.text

    # Tokens

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _takes_keyword(self, word: str) -> bool:
        is_next = self._next.is_keyword(word)
        self._place += is_next
        return is_next

    def _takes_symbol(self, *symbols: str) -> str | None:
        """Give the symbol that stands here and go on, where it is one of these."""
        token = self._next
        if not token.is_symbol(*symbols):
            return None
        self._place += 1
        return token.text

    def _expect(self, symbol: str) -> None:
        if not self._next.is_symbol(symbol):
            raise self._mismatch()
        self._place += 1

    def _mismatch(self) -> MismatchError:
        self._furthest = max(self._furthest, self._place)
        return MismatchError()
