"""Takes a request as it was before expressions, gives it with expressions.

`Expected`, `KeyConditions`, `QueryFilter`, `ScanFilter` and `AttributesToGet` (API
Reference, "Legacy conditional parameters") say nothing that expressions cannot say.
What is wrong with them is told in DynamoDB's words, as `dynalite`'s tests record them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from sandbox.tables.condition_values import is_ordered, plain
from sandbox.tables.errors import invalid_parameter, validation_error

Scope: TypeAlias = dict[str, Any]

_NAMES, _VALUES = "ExpressionAttributeNames", "ExpressionAttributeValues"
_KEYS, _TO_GET, _OPERATOR = "KeyConditions", "AttributesToGet", "ConditionalOperator"
_MODERN = {
    "Expected": "ConditionExpression",
    _KEYS: "KeyConditionExpression",
    "QueryFilter": "FilterExpression",
    "ScanFilter": "FilterExpression",
}
_TEXTS = {
    "EQ": "{0} = {1}",
    "NE": "{0} <> {1}",
    "LE": "{0} <= {1}",
    "LT": "{0} < {1}",
    "GE": "{0} >= {1}",
    "GT": "{0} > {1}",
    "NULL": "attribute_not_exists({0})",
    "NOT_NULL": "attribute_exists({0})",
    "CONTAINS": "contains({0}, {1})",
    "NOT_CONTAINS": "NOT contains({0}, {1})",
    "BEGINS_WITH": "begins_with({0}, {1})",
    "BETWEEN": "{0} BETWEEN {1} AND {2}",
}
_FOR_KEYS = frozenset({"EQ", "LE", "LT", "GE", "GT", "BEGINS_WITH", "BETWEEN"})
_COUNTS = {"NULL": 0, "NOT_NULL": 0, "BETWEEN": 2}
_SCALARS = frozenset({"S", "N", "B"})
_TYPES = {
    "BEGINS_WITH": frozenset({"S", "B"}),
    **dict.fromkeys(
        ("LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS", "IN", "BETWEEN"), _SCALARS
    ),
}
"""What can be compared; all else is for values of any type."""
_MOST_KEYS = 2
_FEWEST_TO_JOIN = 2


def with_expressions(scope: Scope) -> Scope:
    """Give a scope that says the same with expressions alone.

    Args:
        scope: a request, or a part of one, as `shapes` has read it.

    Raises:
        TableError: DynamoDB would refuse what is of old in it.
    """
    if not scope.keys() & {*_MODERN, _TO_GET, _OPERATOR}:
        return scope
    if _OPERATOR in scope:
        _check_operator(scope)
    terms = _Terms(scope)
    modern = {
        _MODERN[field]: terms.condition(field, scope[field])
        for field in _MODERN
        if scope.get(field)
    }
    if _TO_GET in scope:
        modern["ProjectionExpression"] = terms.names(scope[_TO_GET])
    kept = {
        field: value
        for field, value in scope.items()
        if field not in (*_MODERN, _TO_GET, _OPERATOR)
    }
    return {**kept, **modern, **terms.meanings()}


def _check_operator(scope: Scope) -> None:
    asked = [scope[field] for field in _MODERN if field in scope and field != _KEYS]
    if not asked:
        raise validation_error(
            "ConditionalOperator cannot be used without Filter or Expected"
        )
    if len(asked[0]) < _FEWEST_TO_JOIN:
        raise validation_error(
            "ConditionalOperator can only be used when Filter or Expected has two or "
            "more elements"
        )


class _Terms:
    """Stands-in for the names and values of one scope."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self._names: dict[str, str] = dict(scope.get(_NAMES, {}))
        self._values: dict[str, Any] = dict(scope.get(_VALUES, {}))
        self._operator = scope.get(_OPERATOR, "AND")

    def meanings(self) -> Scope:
        """Give what they stand for, where there are any."""
        both = {_NAMES: self._names, _VALUES: self._values}
        return {field: meant for field, meant in both.items() if meant}

    def names(self, attributes: Iterable[str]) -> str:
        """Give a projection of whole attributes."""
        attributes = list(attributes)
        for place, attribute in enumerate(attributes):
            if attribute in attributes[:place]:
                raise invalid_parameter(
                    f"Duplicate value in attribute name: {attribute}"
                )
        return ", ".join(map(self._name, attributes))

    def condition(self, field: str, asked: Mapping[str, Mapping[str, Any]]) -> str:
        """Give a condition for each attribute as one text."""
        if field == _KEYS and len(asked) > _MOST_KEYS:
            raise validation_error("Conditions can be of length 1 or 2 only")
        texts = [
            self._one(attribute, *_comparison(field, attribute, condition))
            for attribute, condition in asked.items()
        ]
        return f" {'AND' if field == _KEYS else self._operator} ".join(texts)

    def _one(self, attribute: str, operator: str, values: list[Any]) -> str:
        name, terms = self._name(attribute), list(map(self._value, values))
        if operator == "IN":
            return f"{name} IN ({', '.join(terms)})"
        return _TEXTS[operator].format(name, *terms)

    def _name(self, attribute: str) -> str:
        return _enter(self._names, "#", attribute)

    def _value(self, value: Any) -> str:
        return _enter(self._values, ":", value)


def _enter(meanings: dict[str, Any], mark: str, meaning: Any) -> str:
    number = len(meanings)
    while (term := f"{mark}of_old_{number}") in meanings:
        number += 1
    meanings[term] = meaning
    return term


def _comparison(
    field: str, attribute: str, condition: Mapping[str, Any]
) -> tuple[str, list[Any]]:
    """Give the operator and the values of a condition.

    Raises:
        TableError: they do not go together.
    """
    if field == "Expected":
        _check_expected(attribute, condition)
    if "ComparisonOperator" not in condition:
        if not condition.get("Exists", True):
            return "NULL", []
        return "EQ", [condition["Value"]]
    operator = condition["ComparisonOperator"]
    values = condition.get("AttributeValueList")
    if values is None:
        values = [condition["Value"]] if "Value" in condition else []
    _check_values(operator, values)
    if field == _KEYS and operator not in _FOR_KEYS:
        raise validation_error(
            "Attempted conditional constraint is not an indexable operation"
        )
    return operator, values


def _check_expected(attribute: str, condition: Mapping[str, Any]) -> None:
    if "AttributeValueList" in condition and "Value" in condition:
        wrong = "Value and AttributeValueList cannot be used together"
    elif "ComparisonOperator" in condition:
        wrong = _wrong_with_operator(condition)
    else:
        wrong = _wrong_without_operator(condition)
    if wrong:
        raise invalid_parameter(f"{wrong} for Attribute: {attribute}")


def _wrong_with_operator(condition: Mapping[str, Any]) -> str:
    operator = condition["ComparisonOperator"]
    if "Exists" in condition:
        return "Exists and ComparisonOperator cannot be used together"
    has_values = {"AttributeValueList", "Value"} & condition.keys()
    if not has_values and operator not in ("NULL", "NOT_NULL"):
        return (
            "Value or AttributeValueList must be used with ComparisonOperator: "
            f"{operator}"
        )
    return ""


def _wrong_without_operator(condition: Mapping[str, Any]) -> str:
    if "AttributeValueList" in condition:
        return "AttributeValueList can only be used with a ComparisonOperator"
    exists, has_value = condition.get("Exists", True), "Value" in condition
    if exists and not has_value:
        said = "true" if "Exists" in condition else "null"
        return f"Value must be provided when Exists is {said}"
    if has_value and not exists:
        return "Value cannot be used when Exists is false"
    return ""


def _check_values(operator: str, values: list[Any]) -> None:
    wanted = max(len(values), 1) if operator == "IN" else _COUNTS.get(operator, 1)
    if len(values) != wanted:
        raise invalid_parameter(
            f"Invalid number of argument(s) for the {operator} ComparisonOperator"
        )
    kinds = [next(iter(value)) for value in values]
    if len(set(kinds)) > 1:
        raise invalid_parameter(
            "AttributeValues inside AttributeValueList must be of same type"
        )
    for kind in kinds:
        if kind not in _TYPES.get(operator, kinds):
            raise invalid_parameter(
                f"ComparisonOperator {operator} is not valid for {kind} "
                "AttributeValue type"
            )
    if operator == "BETWEEN":
        low, high = map(plain, values)
        if is_ordered(high, low, or_equal=False):
            raise validation_error(
                "The BETWEEN condition was provided a range where the lower bound is "
                "greater than the upper bound"
            )
