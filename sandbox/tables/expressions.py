"""Takes a request, checks its expressions, gives them apart from the request.

A *scope* is a part of a request with expressions and the names and values that they
share: the request itself, or one of many in a batch or a transaction. What is wrong is
found before any table is asked, as DynamoDB does it; the words and their order are
DynamoDB's, as `dynalite`'s tests record them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sandbox.tables.bound_conditions import BoundCondition
from sandbox.tables.conditions import parse_condition
from sandbox.tables.errors import validation_error
from sandbox.tables.expression_checks import Surroundings, path_problems
from sandbox.tables.expression_parts import Path, RealPath, parse_paths
from sandbox.tables.expression_text import ExpressionError, placeholders_of
from sandbox.tables.key_conditions import (
    AskedKey,
    bound_keys,
    key_conditions,
)
from sandbox.tables.old_parameters import with_expressions
from sandbox.tables.update_checks import check_overlaps, check_update
from sandbox.tables.update_expressions import parse_update

Scope: TypeAlias = dict[str, Any]
Change: TypeAlias = Callable[[str, Scope, str], Scope]
"""Takes what a scope is, such as `Put` or `Query`, the scope, and its table's name."""

NAMES, VALUES = "ExpressionAttributeNames", "ExpressionAttributeValues"
CONDITION, FILTER = "ConditionExpression", "FilterExpression"
_UPDATE, _KEYS = "UpdateExpression", "KeyConditionExpression"
PROJECTION = "ProjectionExpression"
_IN_ORDER = (_UPDATE, CONDITION, _KEYS, FILTER, PROJECTION)
"""As DynamoDB looks at them."""

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "ConditionCheck": (CONDITION,),
    "Delete": (CONDITION,),
    "DeleteItem": (CONDITION,),
    "Get": (PROJECTION,),
    "GetItem": (PROJECTION,),
    "KeysAndAttributes": (PROJECTION,),
    "Put": (CONDITION,),
    "PutItem": (CONDITION,),
    "Query": (PROJECTION, FILTER, _KEYS),
    "Scan": (PROJECTION, FILTER),
    "Update": (_UPDATE, CONDITION),
    "UpdateItem": (_UPDATE, CONDITION),
}
_OLD_FIELDS: Mapping[str, tuple[str, ...]] = {
    "DeleteItem": ("Expected",),
    "GetItem": ("AttributesToGet",),
    "KeysAndAttributes": ("AttributesToGet",),
    "PutItem": ("Expected",),
    "Query": ("AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"),
    "Scan": ("AttributesToGet", "ScanFilter", "ConditionalOperator"),
    "UpdateItem": ("AttributeUpdates", "Expected"),
}
"""What there was before expressions, and does not go with any of them."""
_MAX_PLACEHOLDER = 255
"""Characters; Developer Guide, "Quotas"."""
_TOLD_WITH_PREFIX = frozenset({"PutItem", "DeleteItem", "UpdateItem"})
_PREFIX = "1 validation error detected: "


def map_scopes(operation: str, request: Scope, change: Change) -> Scope:
    """Give the request with each scope changed.

    Args:
        operation: such as `TransactWriteItems`.
        request: as `shapes` has read it.
        change: gives another scope for one.
    """
    match operation, request:
        case (("TransactWriteItems" | "TransactGetItems"), {"TransactItems": items}):
            return {
                **request,
                "TransactItems": [
                    {
                        kind: change(kind, scope, scope["TableName"])
                        for kind, scope in item.items()
                    }
                    for item in items
                ],
            }
        case "BatchGetItem", {"RequestItems": tables}:
            asked = {n: change("KeysAndAttributes", s, n) for n, s in tables.items()}
            return {**request, "RequestItems": asked}
    if operation not in _FIELDS:
        return request
    return change(operation, request, request["TableName"])


class Expressions:
    """The expressions of one scope, all in order.

    Args:
        kind: what the scope is, such as `Query`, or `Put` in a transaction.
        scope: has the expressions, and what their names and values mean.
        reserved: words, in capitals, that can be no attribute's name by themselves.

    Raises:
        TableError: DynamoDB would refuse one of them.
    """

    def __init__(self, kind: str, scope: Scope, *, reserved: Collection[str]) -> None:
        fields = _FIELDS[kind]
        _check_mixture(scope, fields, _OLD_FIELDS.get(kind, ()))
        scope = with_expressions(scope)
        self._scope = scope
        self._around = Surroundings(
            names=scope.get(NAMES, {}), values=scope.get(VALUES, {}), reserved=reserved
        )
        _check_surroundings(scope, fields)
        self.condition: BoundCondition | None = None
        """What an item must meet to be written."""
        self.filter: BoundCondition | None = None
        """What an item must meet to be given."""
        self.keys: dict[str, AskedKey] = {}
        """What a query asks of its keys, by their real names."""
        self.projection: tuple[RealPath, ...] | None = None
        """What of an item is given; None for all of it."""
        self.targets: tuple[RealPath, ...] = ()
        """What of an item is updated."""
        self.nested: frozenset[str] = frozenset()
        """The names of attributes that are looked into."""
        self._used: dict[str, frozenset[str]] = {}
        for field in _IN_ORDER:
            if field in fields and field in scope:
                self._read(field, scope[field])
        self._check_use(_PREFIX if kind in _TOLD_WITH_PREFIX else "")
        if _KEYS in self._used:
            self._read_keys(scope[_KEYS])

    def without(self, *fields: str) -> Scope:
        """Give the scope without expressions, and without what they alone have used."""
        kept = [names for field, names in self._used.items() if field not in fields]
        gone = [self._used[field] for field in fields if field in self._used]
        dropped = frozenset().union(*gone).difference(*kept)
        left = {key: value for key, value in self._scope.items() if key not in fields}
        for member in (NAMES, VALUES):
            meant = {n: v for n, v in left.pop(member, {}).items() if n not in dropped}
            if meant:
                left[member] = meant
        return left

    def _read(self, field: str, text: str) -> None:
        try:
            match field:
                case "ConditionExpression":
                    self.condition = self._bound(text)
                case "FilterExpression":
                    self.filter = self._bound(text)
                case "KeyConditionExpression":
                    self._bound(text)
                case "ProjectionExpression":
                    paths = parse_paths(text)
                    _check_paths(paths, self._around)
                    self.projection = self._real(paths)
                    self._note_nested(self.projection)
                case _:
                    update = parse_update(text)
                    self._note_nested(check_update(update, self._around))
                    self.targets = self._real(one.path for one in update.actions)
            self._used[field] = frozenset(placeholders_of(text))
        except ExpressionError as error:
            raise validation_error(f"Invalid {field}: {error}") from error

    def _read_keys(self, text: str) -> None:
        asked = key_conditions(parse_condition(text), self._around.names)
        self.keys = bound_keys(asked, self._around)

    def _bound(self, text: str) -> BoundCondition:
        bound = BoundCondition(parse_condition(text), self._around)
        self._note_nested(bound.paths)
        return bound

    def _note_nested(self, paths: Iterable[RealPath]) -> None:
        self.nested |= {str(head) for head, *parts in paths if parts}

    def _real(self, paths: Iterable[Path]) -> tuple[RealPath, ...]:
        return tuple(path.real(self._around.names) for path in paths)

    def _check_use(self, prefix: str) -> None:
        """Refuse names and values that no expression uses."""
        used = frozenset().union(*self._used.values())
        for member in (NAMES, VALUES):
            known = self._scope.get(member, {})
            unused = ", ".join(name for name in known if name not in used)
            if unused:
                raise validation_error(
                    f"{prefix}Value provided in {member} unused in expressions: "
                    f"keys: {{{unused}}}"
                )


def _check_mixture(
    scope: Mapping[str, Any], fields: Sequence[str], old_fields: Sequence[str]
) -> None:
    given = [field for field in fields if field in scope]
    old = [field for field in old_fields if field in scope]
    if _KEYS not in given and "KeyConditions" in old:
        old.remove("KeyConditions")
    if given and old:
        raise validation_error(
            "Can not use both expression and non-expression parameters in the same "
            f"request: Non-expression parameters: {{{', '.join(old)}}} "
            f"Expression parameters: {{{', '.join(given)}}}"
        )


def _check_surroundings(scope: Mapping[str, Any], fields: Sequence[str]) -> None:
    """Refuse names and values where no expression could use them."""
    given = [field for field in fields if field in scope]
    if NAMES in scope and not given:
        raise validation_error(f"{NAMES} can only be specified when using expressions")
    able = [field for field in fields if field != PROJECTION]
    if VALUES in scope and not set(able) & set(given):
        verb = "are" if len(able) > 1 else "is"
        raise validation_error(
            f"{VALUES} can only be specified when using expressions: "
            f"{' and '.join(able)} {verb} null"
        )
    for member, mark in ((NAMES, "#"), (VALUES, ":")):
        if member in scope:
            _check_keys(member, mark, scope[member])
    for key, name in scope.get(NAMES, {}).items():
        if not name:
            raise validation_error(
                f"{NAMES} contains invalid value: Empty attribute name for key {key}"
            )


def _check_keys(member: str, mark: str, keys: Iterable[str]) -> None:
    keys = list(keys)
    if not keys:
        raise validation_error(f"{member} must not be empty")
    for key in keys:
        if not _is_placeholder(key, mark):
            raise validation_error(
                f'{member} contains invalid key: Syntax error; key: "{key}"'
            )
        if len(key) > _MAX_PLACEHOLDER:
            size = f" size of key: {len(key)}" if mark == "#" else ""
            raise validation_error(
                f"{member} contains invalid key: The expression attribute map contains "
                f"a key that is too long;{size}"
            )


def _is_placeholder(key: str, mark: str) -> bool:
    return key[:1] == mark and key[1:].replace("_", "a").isalnum() and key.isascii()


def _check_paths(paths: Sequence[Path], around: Surroundings) -> None:
    problems = [problem for path in paths for problem in path_problems(path, around)]
    for wanted in ("reserved", "undefined"):
        for kind, message in problems:
            if kind == wanted:
                raise ExpressionError(message)
    check_overlaps([path.real(around.names) for path in paths])
