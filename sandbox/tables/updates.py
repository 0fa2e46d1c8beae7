"""Takes an UpdateExpression and an item, changes the item as moto does, in less.

moto hangs each action of `SET a = :a, b = :b` below the one before it, and looks at the
rest of them anew from each. That takes a square of the actions in time, and more calls
within calls than Python makes from some 160 actions on, where DynamoDB takes whatever
has its place in 4 KB. Here the actions of a section lie side by side. And a key may be
read, `SET a = id`, where moto takes each path for one that is changed.
"""

from collections.abc import Mapping
from typing import Any

from moto.dynamodb.exceptions import ItemSizeTooLarge, ItemSizeToUpdateTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import (  # type: ignore[attr-defined]
    Node,
    UpdateExpression,
    UpdateExpressionAddAction,
    UpdateExpressionAddActions,
    UpdateExpressionDeleteAction,
    UpdateExpressionDeleteActions,
    UpdateExpressionRemoveAction,
    UpdateExpressionRemoveActions,
    UpdateExpressionSetAction,
    UpdateExpressionSetActions,
)
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor
from moto.dynamodb.parsing.expressions import (  # type: ignore[attr-defined]
    UpdateExpressionParser,
)
from moto.dynamodb.parsing.validators import (
    UpdateExpressionValidator,
    UpdateHashRangeKeyValidator,
)

from sandbox.tables.conditions import Path
from sandbox.tables.errors import validation_error
from sandbox.tables.update_targets import targets_of

_ACTIONS = (
    UpdateExpressionAddAction,
    UpdateExpressionDeleteAction,
    UpdateExpressionRemoveAction,
    UpdateExpressionSetAction,
)
"""Each has the path that it changes as its first child."""
_NO_PLACE = "The document path provided in the update expression is invalid for update"

_CHAINS = (
    UpdateExpression,
    UpdateExpressionAddActions,
    UpdateExpressionDeleteActions,
    UpdateExpressionRemoveActions,
    UpdateExpressionSetActions,
)
"""What moto makes of a first part and of one more chain, which holds all others."""


def update(
    item: Item,
    text: str,
    *,
    table: Table,
    before: Item,
    names: Mapping[str, str] | None,
    values: Mapping[str, Any] | None,
) -> None:
    """Change an item.

    Args:
        item: is changed; where this fails, it may be changed in part.
        text: an UpdateExpression.
        table: has the keys that may not be changed.
        before: what the paths that are read refer to; empty for a new item.
        names: ExpressionAttributeNames.
        values: ExpressionAttributeValues, in DynamoDB JSON.

    Raises:
        TableError: a path leads through what is not there, or is no map or list.
        ValueError, TypeError, JsonRESTError: moto's refusals.
    """
    names = dict(names or {})
    checked: Any = _Validator(
        _flat(UpdateExpressionParser.make(text)),
        expression_attribute_names=names,
        expression_attribute_values=dict(values or {}),
        item=before,
        table=table,
    ).validate()
    for path in targets_of(text):
        if not _leads_somewhere(path, before, names):
            raise validation_error(_NO_PLACE)
    checked.normalize()
    try:
        UpdateExpressionExecutor(checked, item, names).execute()
    except ItemSizeTooLarge as error:
        raise ItemSizeToUpdateTooLarge from error


def _leads_somewhere(path: Path, item: Item, names: Mapping[str, str]) -> bool:
    """Tell whether there is a map or a list for the last part of a path."""
    first, *parts = path.real(names)
    value: DynamoType | None = item.attrs.get(str(first))
    for part in parts:
        if value is None:
            return False
        if isinstance(part, str) and value.is_map():
            value = value.value.get(part)
        elif isinstance(part, int) and value.is_list():
            value = value.value[part] if part < len(value.value) else None
        else:
            return False
    return True


class _Validator(UpdateExpressionValidator):
    def get_ast_processors(self) -> list[Any]:
        """Give moto's, but for the one that looks for keys."""
        return [
            _Targets(one.table_key_attributes, one.expression_attribute_names)
            if isinstance(one, UpdateHashRangeKeyValidator)
            else one
            for one in super().get_ast_processors()
        ]


class _Targets(UpdateHashRangeKeyValidator):
    """Refuses keys where they are changed, not where they are read."""

    def _processing_map(self) -> dict[Any, Any]:
        return dict.fromkeys(_ACTIONS, self._check_target)

    def _check_target(self, action: Node) -> Node:
        self.check_for_hash_or_range_key(action.children[0])
        return action


def _flat(node: Node) -> Node:
    """Give the tree with each chain's parts as children of one node."""
    if type(node) in _CHAINS:
        return type(node)(children=[_flat(part) for part in _parts(node)])
    if isinstance(node, UpdateExpression) and type(node.children[0]) in _CHAINS:
        return type(node)(children=[_flat(child) for child in node.children])
    return node


def _parts(chain: Node) -> list[Node]:
    parts: list[Node] = []
    rest = [chain]
    while rest:
        first, *rest = rest[0].children
        parts.append(first)
    return parts
