"""Takes a condition with its names and values, tells which items meet it."""

from collections.abc import Sequence
from typing import Any, assert_never

from sandbox.tables import conditions
from sandbox.tables.condition_checks import check_condition
from sandbox.tables.condition_values import (
    Plain,
    begins_with,
    contains,
    is_ordered,
    plain,
    size_of,
    step_into,
)
from sandbox.tables.conditions import Condition
from sandbox.tables.expression_checks import Attributes, Surroundings
from sandbox.tables.expression_parts import Call, Operand, Path, Value


class BoundCondition:
    """A condition of a request.

    Args:
        condition: what it asks.
        around: what its names and values mean.

    Raises:
        ExpressionError: DynamoDB would refuse it whatever the items are.
    """

    def __init__(self, condition: Condition, around: Surroundings) -> None:
        self.paths = check_condition(condition, around)
        """What it looks at."""
        self.heads = frozenset(str(path[0]) for path in self.paths)
        """The names of the attributes that it looks at, or into."""
        self._condition = condition
        self._around = around

    def holds(self, attributes: Attributes) -> bool:
        """Tell whether an item meets it.

        Args:
            attributes: those of the item, or of them those in `heads`.
        """
        return self._meets(self._condition, attributes)

    def _meets(self, condition: Condition, item: Attributes) -> bool:
        match condition:
            case conditions.And(parts):
                return all(self._meets(part, item) for part in parts)
            case conditions.Or(parts):
                return any(self._meets(part, item) for part in parts)
            case conditions.Not(part):
                return not self._meets(part, item)
            case conditions.Comparison(operator, left, right):
                pair = self._value(left, item), self._value(right, item)
                return _compares(operator, *pair)
            case conditions.Between(operand, low, high):
                asked, *bounds = (self._value(o, item) for o in (operand, low, high))
                return _compares(">=", asked, bounds[0]) and _compares(
                    "<=", asked, bounds[1]
                )
            case conditions.In(operand, choices):
                asked = self._value(operand, item)
                return any(
                    _compares("=", asked, self._value(one, item)) for one in choices
                )
            case Call(function, operands):
                return self._calls(function, operands, item)
        assert_never(condition)

    def _calls(
        self, function: str, operands: Sequence[Operand], item: Attributes
    ) -> bool:
        first, *rest = (self._value(operand, item) for operand in operands)
        if function == "attribute_not_exists":
            return first is None
        if first is None or None in rest:
            return False
        second: Any = rest[0] if rest else None
        match function:
            case "attribute_type":
                return bool(first.type == second.content)
            case "begins_with":
                return begins_with(first, second)
            case "contains":
                return contains(first, second)
        return True  # attribute_exists

    def _value(self, operand: Operand, item: Attributes) -> Plain | None:
        match operand:
            case Value(name):
                return plain(self._around.values[name])
            case Path():
                head, *rest = operand.real(self._around.names)
                found = step_into(item.get(str(head)), rest)
                return None if found is None else plain(found)
            case Call(_, operands):
                measured = self._value(operands[0], item)
                return None if measured is None else size_of(measured)
        assert_never(operand)


def _compares(operator: str, left: Plain | None, right: Plain | None) -> bool:
    """Compare; what is not there equals nothing, not even what is not there either."""
    match operator:
        case "=":
            return left is not None and left == right
        case "<>":
            return left is None or left != right
    if left is None or right is None:
        return False
    match operator:
        case "<" | "<=":
            return is_ordered(left, right, or_equal=operator == "<=")
        case ">" | ">=":
            return is_ordered(right, left, or_equal=operator == ">=")
    raise ValueError(f"no comparator: {operator}")
