"""Takes a condition on keys, finds what of conditions a query cannot ask (or nothing).

A KeyConditionExpression compares one attribute with values, and joins comparisons by
AND alone (DynamoDB Developer Guide, "Key condition expressions for the Query
operation"). The words are DynamoDB's, as `dynalite`'s tests record them.
"""

from collections.abc import Sequence

from sandbox.tables import conditions
from sandbox.tables.conditions import Condition
from sandbox.tables.expression_parts import Call, Operand, Path
from sandbox.tables.expression_text import ExpressionError


def check_key_condition(condition: Condition) -> None:
    """Look through a condition that is otherwise in order.

    Raises:
        ExpressionError: a query cannot ask it.
    """
    match condition:
        case conditions.And(parts):
            for part in parts:
                check_key_condition(part)
        case conditions.Comparison("<>", _, _):
            raise _wrong_operator("<>")
        case conditions.Comparison(_, left, right):
            _check_operands((left, right))
        case conditions.Between(operand, low, high):
            _check_first("BETWEEN", operand)
            _check_operands((operand, low, high))
        case Call("begins_with", operands):
            _check_first("begins_with", operands[0])
            _check_operands(operands)
        case _:
            raise _wrong_operator(_name_of(condition))


def _name_of(condition: Condition) -> str:
    if isinstance(condition, Call):
        return condition.function
    return {conditions.Or: "OR", conditions.Not: "NOT", conditions.In: "IN"}[
        type(condition)
    ]


def _wrong_operator(name: str) -> ExpressionError:
    return ExpressionError(f"Invalid operator used in KeyConditionExpression: {name}")


def _check_first(name: str, operand: Operand) -> None:
    if not isinstance(operand, Path):
        raise ExpressionError(
            f"Invalid condition in KeyConditionExpression: {name} operator must have "
            "the key attribute as its first operand"
        )


def _check_operands(operands: Sequence[Operand]) -> None:
    if any(isinstance(operand, Call) for operand in operands):
        raise ExpressionError(
            "KeyConditionExpressions cannot contain nested operations"
        )
    paths = [operand for operand in operands if isinstance(operand, Path)]
    if not paths:
        wrong = "No key attribute specified"
    elif len(paths) > 1:
        wrong = "Multiple attribute names used in one condition"
    elif len(paths[0].parts) > 1:
        raise ExpressionError(
            "KeyConditionExpressions cannot have conditions on nested attributes"
        )
    else:
        return
    raise ExpressionError(f"Invalid condition in KeyConditionExpression: {wrong}")
