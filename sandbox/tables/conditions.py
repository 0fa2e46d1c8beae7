"""Takes the text of a condition, gives its tree: what it asks, with nothing looked up.

The grammar is that of ConditionExpression, FilterExpression and KeyConditionExpression
(DynamoDB Developer Guide, "Comparison operator and function reference"), and of the
paths in a ProjectionExpression.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from sandbox.tables.expression_text import (
    ExpressionError,
    Token,
    syntax_error,
    tokens_of,
)

Comparator: TypeAlias = Literal["=", "<>", "<", "<=", ">", ">="]

_COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
_KEYWORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Path:
    """Leads to an attribute or into it: `a.b[1]` is `("a", "b", 1)`; may have `#n`."""

    parts: tuple[str | int, ...]

    def __str__(self) -> str:
        shown = (f"[{p}]" if isinstance(p, int) else p for p in self.parts)
        return f"[{', '.join(shown)}]"

    def real(self, names: Mapping[str, str]) -> tuple[str | int, ...]:
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


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left < right`."""

    operator: Comparator
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    """`operand BETWEEN low AND high`."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class In:
    """`operand IN (choice, …)`."""

    operand: Operand
    choices: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`NOT condition`."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class And:
    """`condition AND condition AND …`."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """`condition OR condition OR …`."""

    conditions: tuple["Condition", ...]


Condition: TypeAlias = Comparison | Between | In | Call | Not | And | Or


@lru_cache(_REMEMBERED)
def parse_condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        ExpressionError: it is none, or nests too deeply.
    """
    parser = _Parser(text)
    try:
        condition = parser.whole()
    except RecursionError as error:
        raise ExpressionError("The expression nests too deeply;") from error
    if parser.has_redundant_parentheses:
        raise ExpressionError("The expression has redundant parentheses;")
    return condition


@lru_cache(_REMEMBERED)
def parse_paths(text: str) -> tuple[Path, ...]:
    """Read a ProjectionExpression: paths with commas between them.

    Raises:
        ExpressionError: it is none.
    """
    return _Parser(text).whole_paths()


class _MismatchError(Exception):
    """What was tried does not stand here."""


class _Parser:
    """Reads one text; each method reads what it is named after, from where it is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens_of(text)
        self._place = 0
        self._furthest = 0
        self._last_group = (-1, -1)
        self.has_redundant_parentheses = False

    def whole(self) -> Condition:
        try:
            condition = self._or()
            if self._next.kind != "end":
                raise self._mismatch()
        except _MismatchError:
            raise syntax_error(self._text, self._tokens, self._furthest) from None
        return condition

    def whole_paths(self) -> tuple[Path, ...]:
        try:
            found = [self._path()]
            while self._next.is_symbol(","):
                self._place += 1
                found.append(self._path())
            if self._next.kind != "end":
                raise self._mismatch()
        except _MismatchError:
            raise syntax_error(self._text, self._tokens, self._furthest) from None
        return tuple(found)

    # condition: and ("OR" and)*      and: not ("AND" not)*      not: "NOT"* single

    def _or(self) -> Condition:
        found = [self._and()]
        while self._takes_keyword("OR"):
            found.append(self._and())
        return found[0] if len(found) == 1 else Or(tuple(found))

    def _and(self) -> Condition:
        found = [self._not()]
        while self._takes_keyword("AND"):
            found.append(self._not())
        return found[0] if len(found) == 1 else And(tuple(found))

    def _not(self) -> Condition:
        return Not(self._not()) if self._takes_keyword("NOT") else self._single()

    # single: operand rest | function "(" … ")" | "(" condition ")"

    def _single(self) -> Condition:
        start = self._place
        try:
            operand = self._operand()
            return self._rest(operand)
        except _MismatchError:
            self._place = start
            if not self._next.is_symbol("("):
                raise
        self._expect("(")
        condition = self._or()
        if self._last_group == (start + 1, self._place):
            self.has_redundant_parentheses = True
        self._expect(")")
        self._last_group = (start, self._place)
        return condition

    def _rest(self, operand: Operand) -> Condition:
        operator = self._next.text
        if self._next.kind == "symbol" and operator in _COMPARATORS:
            self._place += 1
            return Comparison(operator, operand, self._operand())  # type: ignore[arg-type]  # one of them
        if self._takes_keyword("BETWEEN"):
            low = self._operand()
            if not self._takes_keyword("AND"):
                raise self._mismatch()
            return Between(operand, low, self._operand())
        if self._takes_keyword("IN"):
            return In(operand, self._operands())
        if isinstance(operand, Call) and self._last_group[1] != self._place:
            return operand
        raise self._mismatch()

    # operand: "(" operand ")" | function "(" operand ("," operand)* ")" | :value | path

    def _operand(self) -> Operand:
        start = self._place
        depth = 0
        while self._next.is_symbol("("):
            self._place += 1
            depth += 1
        operand = self._bare_operand()
        for _ in range(depth):
            self._expect(")")
        if depth > 1:
            self.has_redundant_parentheses = True
        if depth:
            self._last_group = (start, self._place)
        return operand

    def _bare_operand(self) -> Operand:
        token = self._next
        if token.kind == "value":
            self._place += 1
            return Value(token.text)
        if token.kind == "name" and self._tokens[self._place + 1].is_symbol("("):
            if token.text.upper() in _KEYWORDS:
                raise self._mismatch()
            self._place += 1
            return Call(token.text, self._operands())
        return self._path()

    def _operands(self) -> tuple[Operand, ...]:
        self._expect("(")
        found = [self._operand()]
        while self._next.is_symbol(","):
            self._place += 1
            found.append(self._operand())
        self._expect(")")
        return tuple(found)

    # path: name ("." name | "[" number "]")*

    def _path(self) -> Path:
        parts: list[str | int] = [self._name()]
        while self._next.is_symbol(".", "["):
            self._place += 1
            if self._tokens[self._place - 1].text == ".":
                parts.append(self._name())
                continue
            if self._next.kind != "number":
                raise self._mismatch()
            parts.append(int(self._next.text))
            self._place += 1
            self._expect("]")
        return Path(tuple(parts))

    def _name(self) -> str:
        token = self._next
        is_keyword = token.text.upper() in _KEYWORDS
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

    def _expect(self, symbol: str) -> None:
        if not self._next.is_symbol(symbol):
            raise self._mismatch()
        self._place += 1

    def _mismatch(self) -> _MismatchError:
        self._furthest = max(self._furthest, self._place)
        return _MismatchError()
