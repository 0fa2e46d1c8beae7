"""Takes an update with its names and values, finds what DynamoDB refuses of it.

That is what is wrong with it whatever the item is, in DynamoDB's words and its order of
precedence (as `dynalite`'s tests record them).
"""

from collections.abc import Iterable, Sequence
from typing import assert_never

from sandbox.tables.expression_checks import (
    Findings,
    Surroundings,
    undefined_value,
)
from sandbox.tables.expression_parts import Call, Operand, Path, RealPath, Value
from sandbox.tables.expression_text import ExpressionError
from sandbox.tables.update_expressions import Action, Add, Delete, Remove, Sum, Update
from sandbox.tables.update_expressions import Set as Assignment

_ORDER = (
    *("operators", "misuse", "foreign", "reserved", "unknown", "section"),
    *("undefined", "undefined value", "paths", "operand", "function"),
)
"""What is told first where there is more than one thing to tell."""
_OPERANDS = {"if_not_exists": 2, "list_append": 2}
_OF_CONDITIONS = frozenset(
    {
        *("attribute_exists", "attribute_not_exists", "attribute_type"),
        *("begins_with", "contains", "size"),
    }
)
_SPOKEN = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "NULL": "NULL",
    "BOOL": "BOOLEAN",
    "L": "LIST",
    "M": "MAP",
}
"""What can be added to nothing and deleted from nothing, but that a number can."""


def check_update(update: Update, around: Surroundings) -> tuple[RealPath, ...]:
    """Look through an update; give what it reads, with attributes' real names.

    Raises:
        ExpressionError: DynamoDB would refuse it.
    """
    check = _Check(around, _ORDER)
    check.sections(update.sections)
    for action in update.actions:
        check.action(action)
    check.overlaps(action.path.real(around.names) for action in update.actions)
    check.finish()
    return tuple(check.paths)


def check_overlaps(paths: Iterable[RealPath]) -> None:
    """Look whether of two paths one leads through the other, or both to one place.

    Raises:
        ExpressionError: they do; or one takes for a list what the other takes for a
            map, which is told only where nothing else is wrong.
    """
    seen: dict[str | int, list[RealPath]] = {}
    conflicts: list[ExpressionError] = []
    for second in paths:
        others = seen.setdefault(second[0], [])
        for first in others:
            match _relation(first, second):
                case "overlap":
                    raise _clash(first, second, "overlap")
                case "conflict":
                    conflicts.append(_clash(first, second, "conflict"))
        others.append(second)
    if conflicts:
        raise conflicts[0]


class _Check(Findings):
    """Looks through one update for what DynamoDB refuses."""

    def sections(self, words: Sequence[str]) -> None:
        for place, word in enumerate(words):
            if word in words[:place]:
                self.find(
                    "section",
                    f'The "{word}" section can only be used once in an update '
                    "expression;",
                )

    def overlaps(self, targets: Iterable[RealPath]) -> None:
        try:
            check_overlaps(targets)
        except ExpressionError as error:
            self.find("paths", str(error))

    def action(self, action: Action) -> None:
        self.names(action.path)
        match action:
            case Assignment(_, Sum(sign, left, right)):
                self._numbers(sign, (left, right))
            case Assignment(_, (Call() | Value() | Path()) as operand):
                self._operand(operand, is_whole=True)
            case Add(_, value):
                self._operand(value)
                self._changeable("ADD", value)
            case Delete(_, value):
                self._operand(value)
                self._changeable("DELETE", value)
            case Remove():
                pass

    def _numbers(self, sign: str, operands: Sequence[Operand]) -> None:
        self.count_operators()
        for operand in operands:
            self._operand(operand)
        self._types(sign, operands, wanted="N")

    def _changeable(self, operator: str, value: Value) -> None:
        """Look at what is added or deleted: a set, or for ADD a number."""
        kind = self._kind(value)
        if kind in _SPOKEN and (operator, kind) != ("ADD", "N"):
            self.find(
                "operand",
                "Incorrect operand type for operator or function; "
                f"operator: {operator}, operand type: {_SPOKEN[kind]}",
            )

    def _operand(self, operand: Operand, *, is_whole: bool = False) -> None:
        """Look at an operand.

        Args:
            operand: a path, a value or a function.
            is_whole: it is all that an attribute is set to.
        """
        match operand:
            case Call(function, operands):
                self.count_operators()
                if function == "list_append" and not is_whole:
                    self.misused("misuse", function)
                for one in operands:
                    self._operand(one)
                self._call(function, operands)
            case Value(name):
                if name not in self.around.values:
                    self.find("undefined value", undefined_value(name))
            case Path():
                self.read(operand)
            case _:
                assert_never(operand)

    def _call(self, function: str, operands: Sequence[Operand]) -> None:
        wanted = _OPERANDS.get(function)
        if function in _OF_CONDITIONS:
            self.find(
                "foreign",
                "The function is not allowed in an update expression; "
                f"function: {function}",
            )
        elif wanted is None:
            self.find("unknown", f"Invalid function name; function: {function}")
        elif len(operands) != wanted:
            self.wrong_count("function", function, len(operands))
        elif function == "list_append":
            self._types(function, operands, wanted="L")
        elif not isinstance(operands[0], Path):
            self.no_path("function", function)
        else:
            self.same_operand("function", function, operands)

    def _types(
        self, function: str, operands: Sequence[Operand], *, wanted: str
    ) -> None:
        for operand in operands:
            kind = self._kind(operand)
            if kind is not None and kind != wanted:
                self.wrong_type("function", function, kind)

    def _kind(self, operand: Operand) -> str | None:
        """Give the type of a value; None for what depends on the item."""
        if isinstance(operand, Value) and operand.name in self.around.values:
            return next(iter(self.around.values[operand.name]))
        return None


def _relation(first: RealPath, second: RealPath) -> str | None:
    for one, two in zip(first, second, strict=False):
        if type(one) is not type(two):
            return "conflict"
        if one != two:
            return None
    return "overlap"


def _clash(first: RealPath, second: RealPath, verb: str) -> ExpressionError:
    return ExpressionError(
        f"Two document paths {verb} with each other; must remove or rewrite one of "
        f"these paths; path one: {Path(first)}, path two: {Path(second)}"
    )
