"""Takes a condition on keys, gives what it asks of each, as a query can ask it.

A KeyConditionExpression compares one attribute with values, and joins comparisons by
AND alone (DynamoDB Developer Guide, "Key condition expressions for the Query
operation"). The words are DynamoDB's, as `dynalite`'s tests record them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.tables import conditions
from sandbox.tables.bound_conditions import BoundCondition
from sandbox.tables.conditions import Comparator, Condition
from sandbox.tables.errors import TableError, validation_error
from sandbox.tables.expression_checks import Surroundings
from sandbox.tables.expression_parts import Call, Operand, Path, Value

KeyCondition: TypeAlias = conditions.Comparison | conditions.Between | Call
"""Of an attribute, which is the first operand, and values."""

_FLIPPED: Mapping[Comparator, Comparator] = {
    "=": "=",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedKey:
    """What a query asks of one key."""

    condition: BoundCondition
    operator: str
    """`=`, `<`, `<=`, `>`, `>=`, `BETWEEN` or `begins_with`."""
    values: tuple[Mapping[str, Any], ...]
    """What the key is compared with, in DynamoDB JSON."""

    @property
    def types(self) -> frozenset[str]:
        """The types of the values."""
        return frozenset(kind for value in self.values for kind in value)


def bound_keys(
    conditions_by_name: Mapping[str, KeyCondition], around: Surroundings
) -> dict[str, AskedKey]:
    """Give what is asked of each key, by its real name."""
    return {
        name: AskedKey(
            condition=BoundCondition(one, around),
            operator=_operator(one),
            values=tuple(
                around.values[operand.name]
                for operand in _operands(one)
                if isinstance(operand, Value)
            ),
        )
        for name, one in conditions_by_name.items()
    }


def key_conditions(
    condition: Condition, names: Mapping[str, str]
) -> dict[str, KeyCondition]:
    """Give what is asked of each key, by its real name, which stands in front.

    Args:
        condition: is in order otherwise.
        names: ExpressionAttributeNames.

    Raises:
        TableError: a query cannot ask it.
    """
    found: dict[str, KeyCondition] = {}
    for one in _comparisons(condition):
        head = str(_head(_operands(one)[0]))
        name = names.get(head, head)
        if name in found:
            raise validation_error(
                "KeyConditionExpressions must only contain one condition per key"
            )
        found[name] = one
    return found


def _operands(condition: KeyCondition) -> tuple[Operand, ...]:
    match condition:
        case conditions.Comparison(_, left, right):
            return left, right
        case conditions.Between(operand, low, high):
            return operand, low, high
    return condition.operands


def _head(operand: Operand) -> str | int:
    assert isinstance(operand, Path)  # noqa: S101 (checked before)
    return operand.parts[0]


def _operator(condition: KeyCondition) -> str:
    match condition:
        case conditions.Comparison(operator):
            return operator
        case conditions.Between():
            return "BETWEEN"
    return condition.function


def _comparisons(condition: Condition) -> Iterator[KeyCondition]:
    match condition:
        case conditions.And(parts):
            for part in parts:
                yield from _comparisons(part)
        case conditions.Comparison(operator, left, right) if operator in _FLIPPED:
            _check_operands((left, right))
            if isinstance(left, Path):
                yield condition
            else:
                yield conditions.Comparison(_FLIPPED[operator], right, left)
        case conditions.Between(operand, low, high):
            _check_first("BETWEEN", operand)
            _check_operands((operand, low, high))
            yield condition
        case Call("begins_with", operands):
            _check_first("begins_with", operands[0])
            _check_operands(operands)
            yield condition
        case _:
            raise _wrong_operator(_name_of(condition))


def _name_of(condition: Condition) -> str:
    if isinstance(condition, Call):
        return condition.function
    if isinstance(condition, conditions.Comparison):
        return condition.operator
    return {conditions.Or: "OR", conditions.Not: "NOT", conditions.In: "IN"}[
        type(condition)
    ]


def _wrong_operator(name: str) -> TableError:
    return validation_error(f"Invalid operator used in KeyConditionExpression: {name}")


def _check_first(name: str, operand: Operand) -> None:
    if not isinstance(operand, Path):
        raise validation_error(
            f"Invalid condition in KeyConditionExpression: {name} operator must have "
            "the key attribute as its first operand"
        )


def _check_operands(operands: Sequence[Operand]) -> None:
    if any(isinstance(operand, Call) for operand in operands):
        raise validation_error(
            "KeyConditionExpressions cannot contain nested operations"
        )
    paths = [operand for operand in operands if isinstance(operand, Path)]
    if not paths:
        wrong = "No key attribute specified"
    elif len(paths) > 1:
        wrong = "Multiple attribute names used in one condition"
    elif len(paths[0].parts) > 1:
        raise validation_error(
            "KeyConditionExpressions cannot have conditions on nested attributes"
        )
    else:
        return
    raise validation_error(f"Invalid condition in KeyConditionExpression: {wrong}")
