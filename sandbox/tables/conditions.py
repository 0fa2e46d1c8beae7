"""Takes the text of a condition, gives its tree: what it asks, with nothing looked up.

The grammar is that of ConditionExpression, FilterExpression and KeyConditionExpression
(DynamoDB Developer Guide, "Comparison operator and function reference").
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from sandbox.tables.expression_parts import Call, MismatchError, Operand, Reader

Comparator: TypeAlias = Literal["=", "<>", "<", "<=", ">", ">="]

_COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
_REMEMBERED = 256


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
    reader = ConditionReader(text)
    return reader.whole(reader.condition)


class ConditionReader(Reader):
    """Reads a condition."""

    keywords = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})

    # condition: and ("OR" and)*      and: not ("AND" not)*      not: "NOT"* single

    def condition(self) -> Condition:
        """Read a condition of whatever kind."""
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
            operand = self.operand()
            return self._rest(operand)
        except MismatchError:
            self._place = start
        self._expect("(")
        condition = self.condition()
        if self._last_group == (start + 1, self._place):
            self._has_redundant_parentheses = True
        self._expect(")")
        self._last_group = (start, self._place)
        return condition

    def _rest(self, operand: Operand) -> Condition:
        operator = self._next.text
        if self._next.kind == "symbol" and operator in _COMPARATORS:
            self._place += 1
            return Comparison(operator, operand, self.operand())  # type: ignore[arg-type]  # one of them
        if self._takes_keyword("BETWEEN"):
            low = self.operand()
            if not self._takes_keyword("AND"):
                raise self._mismatch()
            return Between(operand, low, self.operand())
        if self._takes_keyword("IN"):
            return In(operand, self.operands())
        if isinstance(operand, Call) and self._last_group[1] != self._place:
            return operand
        raise self._mismatch()
