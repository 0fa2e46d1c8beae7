"""Takes an item and paths, gives what the paths lead to and nothing else.

Elements of a list move together, in their order (DynamoDB Developer Guide, "Using
projection expressions").
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sandbox.json_value import JsonValue
from sandbox.tables.expression_parts import RealPath

_Tree: TypeAlias = dict[str | int, "_Tree"]
"""Paths by their first parts; empty where one ends, and all below it is meant."""


def project(
    attributes: Mapping[str, Any], paths: Iterable[RealPath]
) -> dict[str, JsonValue]:
    """Give a part of an item.

    Args:
        attributes: the item's, in DynamoDB JSON.
        paths: of which none begins with another.
    """
    return _members(attributes, _tree(paths))


def _tree(paths: Iterable[RealPath]) -> _Tree:
    tree: _Tree = {}
    for path in paths:
        here = tree
        for part in path:
            here = here.setdefault(part, {})
    return tree


def _pick(value: Mapping[str, Any], tree: _Tree) -> dict[str, JsonValue] | None:
    """Give what is picked of an AttributeValue, or None where that is nothing."""
    if not tree:
        return dict(value)
    ((kind, content),) = value.items()
    match kind:
        case "M":
            members = _members(content, tree)
            return {"M": members} if members else None
        case "L":
            elements = _elements(content, tree)
            return {"L": elements} if elements else None
    return None


def _members(content: Mapping[str, Any], tree: _Tree) -> dict[str, JsonValue]:
    picked = {
        name: _pick(content[name], below)
        for name, below in tree.items()
        if isinstance(name, str) and name in content
    }
    return {name: value for name, value in picked.items() if value is not None}


def _elements(content: Sequence[Mapping[str, Any]], tree: _Tree) -> list[JsonValue]:
    places = sorted(part for part in tree if isinstance(part, int))
    picked = (_pick(content[p], tree[p]) for p in places if p < len(content))
    return [value for value in picked if value is not None]
