"""Gathers what DynamoDB refuses of an expression, in its words.

An expression may have several things wrong with it; which one is told first depends on
what they are, not on where they stand.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.tables.expression_parts import Operand, Path, RealPath
from sandbox.tables.expression_text import ExpressionError

MAX_OPERATORS = 300
"""DynamoDB Developer Guide, "Quotas": of operators and functions in an expression."""

Attributes: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Attributes in DynamoDB JSON by name: of an item, or an expression's values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an expression's names mean."""

    names: Mapping[str, str]
    values: Attributes
    reserved: Collection[str]
    """Words, in capitals, that can be no attribute's name without a `#name`."""


class Findings:
    """What is wrong with one expression.

    Args:
        around: what its names mean.
        order: kinds of errors, those that are told first in front.
    """

    def __init__(self, around: Surroundings, order: Sequence[str]) -> None:
        self.around = around
        self.paths: list[RealPath] = []
        """Those that are read, with attributes' real names."""
        self._order = order
        self._wrong: dict[str, str] = {}
        self._operators = 0

    def find(self, kind: str, message: str) -> None:
        """Keep the first message of a kind."""
        self._wrong.setdefault(kind, message)

    def finish(self) -> None:
        """Raise the error that DynamoDB tells first, if there is any.

        Raises:
            ExpressionError: there is one.
        """
        for kind in self._order:
            if kind in self._wrong:
                raise ExpressionError(self._wrong[kind])

    def read(self, path: Path) -> None:
        """Keep a path that is read, and look at its names."""
        self.paths.append(path.real(self.around.names))
        self.names(path)

    def names(self, path: Path) -> None:
        """Look at the names in a path."""
        for kind, message in path_problems(path, self.around):
            self.find(kind, message)

    def count_operators(self, count: int = 1) -> None:
        """Count operators and functions; find that there are too many."""
        self._operators += count
        if self._operators > MAX_OPERATORS:
            self.find(
                "operators",
                "The expression contains too many operators; "
                f"operator count: {MAX_OPERATORS + 1}",
            )

    def misused(self, kind: str, function: str) -> None:
        """Find that a function stands where it cannot."""
        self.find(
            kind,
            "The function is not allowed to be used this way in an expression; "
            f"function: {function}",
        )

    def same_operand(
        self, kind: str, function: str, operands: Sequence[Operand]
    ) -> None:
        """Find that an operand after the first is the path that the first is."""
        first, *others = (
            one.real(self.around.names) if isinstance(one, Path) else None
            for one in operands
        )
        if first is not None and first in others:
            self.find(
                kind,
                "The first operand must be distinct from the remaining operands for "
                f"this operator or function; operator: {function}, "
                f"first operand: {Path(first)}",
            )

    def wrong_count(self, kind: str, function: str, count: int) -> None:
        """Find that a function has too many operands, or too few."""
        self.find(
            kind,
            "Incorrect number of operands for operator or function; "
            f"operator or function: {function}, number of operands: {count}",
        )

    def wrong_type(self, kind: str, function: str, type_: str) -> None:
        """Find that a function has an operand of another type than it takes."""
        self.find(
            kind,
            "Incorrect operand type for operator or function; "
            f"operator or function: {function}, operand type: {type_}",
        )

    def no_path(self, kind: str, function: str) -> None:
        """Find that a function has something else where it takes a path alone."""
        self.find(
            kind,
            "Operator or function requires a document path; "
            f"operator or function: {function}",
        )


def path_problems(path: Path, around: Surroundings) -> Iterator[tuple[str, str]]:
    """Give what is wrong with its names: `undefined` or `reserved`, and in words."""
    for part in path.parts:
        if not isinstance(part, str):
            continue
        if part.startswith("#"):
            if part not in around.names:
                yield "undefined", _undefined_name(part)
        elif part.upper() in around.reserved:
            yield "reserved", _reserved_word(part)


def _undefined_name(name: str) -> str:
    """Word that a `#name` means nothing."""
    return (
        "An expression attribute name used in the document path is not defined; "
        f"attribute name: {name}"
    )


def undefined_value(name: str) -> str:
    """Word that a `:value` means nothing."""
    return (
        "An expression attribute value used in expression is not defined; "
        f"attribute value: {name}"
    )


def _reserved_word(word: str) -> str:
    """Word that a name needs a `#name`."""
    return f"Attribute name is a reserved keyword; reserved keyword: {word}"
