"""Takes the text of an update, gives its actions, with nothing looked up.

The grammar is that of UpdateExpression (DynamoDB Developer Guide, "Using update
expressions"): `SET`, `REMOVE`, `ADD` and `DELETE`, each with actions between commas.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from sandbox.tables.expression_parts import (
    MismatchError,
    Operand,
    Path,
    Reader,
    Value,
)

_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Sum:
    """`left + right` or `left - right`; a sum has two operands, neither one a sum."""

    sign: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Set:
    """`SET path = value`."""

    path: Path
    value: Operand | Sum


@dataclass(frozen=True, slots=True)
class Remove:
    """`REMOVE path`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Add:
    """`ADD path :value`: to a number, or to a set."""

    path: Path
    value: Value


@dataclass(frozen=True, slots=True)
class Delete:
    """`DELETE path :value`: members of a set."""

    path: Path
    value: Value


Action: TypeAlias = Set | Remove | Add | Delete


@dataclass(frozen=True, slots=True)
class Update:
    """What an update does, in the order in which it says it."""

    actions: tuple[Action, ...]
    sections: tuple[str, ...] = ()
    """The keywords, in capitals; DynamoDB takes each once."""


@lru_cache(_REMEMBERED)
def parse_update(text: str) -> Update:
    """Read an update.

    Raises:
        ExpressionError: it is none, or nests too deeply.
    """
    reader = _Reader(text)
    return reader.whole(reader.update)


class _Reader(Reader):
    keywords = frozenset({"SET", "REMOVE", "ADD", "DELETE"})

    # update: section+      section: keyword action ("," action)*

    def update(self) -> Update:
        actions: list[Action] = []
        sections: list[str] = []
        while not sections or self._next.kind != "end":
            word = self._next.text.upper()
            if self._next.kind != "name" or word not in self.keywords:
                raise self._mismatch()
            self._place += 1
            sections.append(word)
            actions += self.listed(self._actions[word])
        return Update(tuple(actions), tuple(sections))

    @property
    def _actions(self) -> Mapping[str, Callable[[], Action]]:
        return {
            "SET": self._set,
            "REMOVE": lambda: Remove(self.path()),
            "ADD": lambda: Add(self.path(), self.value()),
            "DELETE": lambda: Delete(self.path(), self.value()),
        }

    def _set(self) -> Action:
        path = self.path()
        self._expect("=")
        return Set(path, self._new_value())

    # new value: "(" sum ")" | sum      sum: operand ("+" | "-") operand | operand

    def _new_value(self) -> Operand | Sum:
        start = self._place
        if self._next.is_symbol("("):
            value = self._grouped_sum()
            if value is not None:
                return value
        self._place = start  # the parentheses are an operand's, if there are any
        return self._sum()

    def _grouped_sum(self) -> Sum | None:
        """Read a sum in parentheses; None, from wherever, where that is not here."""
        start = self._place
        self._place += 1
        try:
            value = self._new_value()
        except MismatchError:
            return None
        if not isinstance(value, Sum):
            return None
        if not self._next.is_symbol(")"):
            self._mismatch()  # further on than where its first operand ends
            return None
        if self._last_group == (start + 1, self._place):
            self._has_redundant_parentheses = True
        self._place += 1
        self._last_group = (start, self._place)
        return value

    def _sum(self) -> Operand | Sum:
        left = self.operand()
        sign = self._takes_symbol("+", "-")
        return Sum(sign, left, self.operand()) if sign else left
