"""One page of a query or a scan: its filter, as moto asks it, and where it ended."""

from typing import Any, TypeAlias

from moto.dynamodb.models.table import Table

from sandbox.tables.bound_conditions import BoundCondition
from sandbox.tables.lookups import attributes_of
from sandbox.tables.orders import Item

Page: TypeAlias = tuple[list[Item], int, Any]
"""As moto's table gives it: items, how many were evaluated, and the last one's key."""


class ItemFilter:
    """A condition with the method by which moto asks it of a page's items in turn."""

    def __init__(self, condition: BoundCondition) -> None:
        self._condition = condition
        self.last_asked: Item | None = None

    def expr(self, item: Item) -> bool:
        """Tell whether the item is to be given."""
        self.last_asked = item
        attributes: Any = attributes_of(item, self._condition.heads)
        return self._condition.holds(attributes)


def with_filter(
    settings: tuple[Any, ...], condition: ItemFilter | None, place: int
) -> tuple[Any, ...]:
    """Give moto's settings of a search with the filter in its place."""
    if condition is None:
        return settings
    return (*settings[:place], condition, *settings[place + 1 :])


def ended(
    table: Table,
    found: Page,
    asked: ItemFilter | None,
    *,
    limit: int | None,
    index_name: str | None,
) -> Page:
    """Give a page with a last key wherever it reached its limit.

    DynamoDB stops there, and does not look whether another item follows; moto looks
    (Developer Guide, "Paginating table query results": a last key does not mean that
    there is more).

    Args:
        table: moto's, which was searched.
        found: what moto gives.
        asked: the filter that the items were asked by.
        limit: how many items were to be evaluated.
        index_name: of the secondary index that was searched.
    """
    items, scanned, last_key = found
    last = asked.last_asked if asked else items[-1] if items else None
    if last_key is None and last is not None and scanned == limit:
        last_key = table._get_last_evaluated_key(last, index_name)  # noqa: SLF001
    return items, scanned, last_key
