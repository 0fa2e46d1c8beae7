"""Takes the AttributeUpdates of an UpdateItem, gives the update that they stand for.

They are what DynamoDB had before expressions (API Reference, "Legacy conditional
parameters"): a PUT, an ADD or a DELETE for each attribute.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.tables.errors import invalid_parameter
from sandbox.tables.expression_parts import Path, Value
from sandbox.tables.update_expressions import Action, Add, Delete, Remove, Set, Update
from sandbox.tables.updating import BoundUpdate

_ADDED = frozenset({"N", "SS", "NS", "BS", "L"})
_DELETED = frozenset({"SS", "NS", "BS"})
_MISMATCH = "Type mismatch for attribute to update"


def bound_attribute_updates(updates: Mapping[str, Mapping[str, Any]]) -> BoundUpdate:
    """Give what AttributeUpdates ask for.

    Args:
        updates: as `shapes` has read them.

    Raises:
        TableError: an action lacks its value, or does not go with its type.
    """
    return BoundUpdate(
        update=Update(tuple(_action(name, one) for name, one in updates.items())),
        names={},
        values={name: one["Value"] for name, one in updates.items() if "Value" in one},
        mismatch=_MISMATCH,
    )


def _action(name: str, asked: Mapping[str, Any]) -> Action:
    path, value = Path((name,)), Value(name)
    action = asked.get("Action", "PUT")
    if "Value" not in asked:
        if action != "DELETE":
            raise invalid_parameter(
                "Only DELETE action is allowed when no attribute value is specified"
            )
        return Remove(path)
    (kind,) = asked["Value"]
    match action:
        case "ADD" if kind not in _ADDED:
            raise invalid_parameter(f"ADD action is not supported for the type {kind}")
        case "ADD":
            return Add(path, value)
        case "DELETE" if kind not in _DELETED:
            raise invalid_parameter(
                f"DELETE action with value is not supported for the type {kind}"
            )
        case "DELETE":
            return Delete(path, value)
    return Set(path, value)
