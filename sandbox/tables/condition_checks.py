"""Takes a condition with its names and values, finds what DynamoDB refuses of it.

That is what is wrong with it whatever the items are, in DynamoDB's words and its order
of precedence (as `dynalite`'s tests record them).
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, assert_never

from sandbox.tables import conditions
from sandbox.tables.condition_values import is_ordered, plain
from sandbox.tables.conditions import Condition
from sandbox.tables.expression_checks import (
    Findings,
    Surroundings,
    undefined_value,
)
from sandbox.tables.expression_parts import Call, Operand, Path, RealPath, Value

_OPERANDS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}
_ORDERING = ("<", "<=", ">", ">=", "BETWEEN")
_ORDERED_TYPES = ("S", "N", "B")
MAX_CHOICES = 100
"""DynamoDB Developer Guide, "Comparison operator and function reference"."""
_TYPES = ("B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M")
_ORDER = (
    *("operators", "function", "misuse", "reserved", "undefined"),
    *("count", "same", "type"),
)
"""What is told first where there is more than one thing to tell."""


def check_condition(condition: Condition, around: Surroundings) -> tuple[RealPath, ...]:
    """Look through a condition; give the paths in it, with attributes' real names.

    Raises:
        ExpressionError: DynamoDB would refuse it.
    """
    check = _Check(around)
    check.condition(condition)
    check.finish()
    return tuple(check.paths)


class _Check(Findings):
    """Looks through one condition for what DynamoDB refuses."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around, _ORDER)

    def condition(self, condition: Condition) -> None:
        match condition:
            case conditions.And(parts) | conditions.Or(parts):
                self.count_operators(len(parts) - 1)
                self._conditions(parts)
            case conditions.Not(part):
                self.count_operators()
                self.condition(part)
            case conditions.Comparison(operator, left, right):
                self._operator(operator, (left, right))
            case conditions.Between(operand, low, high):
                self._operator("BETWEEN", (operand, low, high))
                self._bounds(low, high)
            case conditions.In(operand, choices):
                self._operator("IN", (operand, *choices))
                self._choices(choices)
            case Call(function, _):
                if function == "size":
                    self.misused("misuse", function)
                self._call(condition)
            case _:
                assert_never(condition)

    def _conditions(self, parts: Sequence[Condition]) -> None:
        for part in parts:
            self.condition(part)

    def _operator(self, operator: str, operands: Sequence[Operand]) -> None:
        self.count_operators()
        self._operands(operands)
        self.same_operand("same", operator, operands)
        if operator in _ORDERING:
            kinds = [self._kind(operand) for operand in operands]
            self._refuse_types(operator, kinds, lambda kind: kind not in _ORDERED_TYPES)

    def _choices(self, choices: Sequence[Operand]) -> None:
        if len(choices) > MAX_CHOICES:
            self.find(
                "count",
                "The IN operator is provided with too many operands; "
                f"number of operands: {len(choices)}",
            )

    def _operands(self, operands: Sequence[Operand]) -> None:
        for operand in operands:
            match operand:
                case Call(function):
                    if function in _OPERANDS and function != "size":
                        self.misused("misuse", function)
                    self._call(operand)
                case Value(name):
                    if name not in self.around.values:
                        self.find("undefined", undefined_value(name))
                case Path():
                    self.read(operand)
                case _:
                    assert_never(operand)

    def _call(self, call: Call) -> None:
        function, operands = call.function, call.operands
        wanted = _OPERANDS.get(function)
        if wanted is None:
            self.find("function", f"Invalid function name; function: {function}")
            return
        self.count_operators()
        self._operands(operands)
        if len(operands) != wanted:
            self.wrong_count("count", function, len(operands))
            return
        self.same_operand("same", function, operands)
        self._types(function, operands)

    def _types(self, function: str, operands: Sequence[Operand]) -> None:
        kinds = [self._kind(operand) for operand in operands]
        match function:
            case "attribute_exists" | "attribute_not_exists":
                if not isinstance(operands[0], Path):
                    self.no_path("type", function)
            case "begins_with":
                self._refuse_types(function, kinds, lambda kind: kind not in ("S", "B"))
            case "size":
                numbers = ("N", "BOOL", "NULL")
                self._refuse_types(function, kinds, lambda kind: kind in numbers)
            case "attribute_type":
                self._type_name(operands[1])

    def _type_name(self, operand: Operand) -> None:
        kind = self._kind(operand)
        if kind is None and isinstance(operand, Value):
            return  # told as undefined
        if kind != "S":
            self.wrong_type(
                "type", "attribute_type", kind or "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
            )
            return
        assert isinstance(operand, Value)  # noqa: S101 (alone of a known type)
        name = self.around.values[operand.name]["S"]
        if name not in _TYPES:
            self.find(
                "type",
                f"Invalid attribute type name found; type: {name}, "
                f"valid types: {{{','.join(_TYPES)}}}",
            )

    def _refuse_types(
        self,
        function: str,
        kinds: Sequence[str | None],
        is_wrong: Callable[[str], bool],
    ) -> None:
        for kind in kinds:
            if kind is not None and is_wrong(kind):
                self.wrong_type("type", function, kind)
                return

    def _kind(self, operand: Operand) -> str | None:
        """Give the type of an operand, where it does not depend on the item."""
        match operand:
            case Value(name) if name in self.around.values:
                return next(iter(self.around.values[name]))
            case Call("size"):
                return "N"
        return None

    def _bounds(self, low: Operand, high: Operand) -> None:
        if not (isinstance(low, Value) and isinstance(high, Value)):
            return
        values = self.around.values
        if low.name not in values or high.name not in values:
            return
        lower, upper = plain(values[low.name]), plain(values[high.name])
        if lower.type != upper.type:
            rule = "requires same data type for lower and upper bounds"
        elif is_ordered(upper, lower, or_equal=False):
            rule = "requires upper bound to be greater than or equal to lower bound"
        else:
            return
        shown = [_shown(values[one.name]) for one in (low, high)]
        self.find(
            "type",
            f"The BETWEEN operator {rule}; lower bound operand: {shown[0]}, "
            f"upper bound operand: {shown[1]}",
        )


def _shown(value: Mapping[str, Any]) -> str:
    ((kind, content),) = value.items()
    shown = b64encode(content).decode() if kind == "B" else content
    return f"AttributeValue: {{{kind}:{shown}}}"
