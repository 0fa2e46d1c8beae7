"""Takes a query or a scan, finds what DynamoDB refuses of where it looks and begins.

The words, and their order, are DynamoDB's, as `dynalite`'s tests record them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.tables.errors import validation_error
from sandbox.tables.expressions import Expressions
from sandbox.tables.item_checks import Types, check_filter
from sandbox.tables.key_conditions import AskedKey

_INVALID = "The provided starting key is invalid"
_NOT_SUPPORTED = "Query key condition not supported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A table whose items are searched, or those in one of its indexes."""

    keys: Types
    """The table's, with their types."""
    index_keys: Mapping[str, Types]
    """Those of each index."""
    global_indexes: Collection[str]

    def check(
        self, operation: str, asked: Mapping[str, Any], expressions: Expressions
    ) -> None:
        """Look through a search.

        Args:
            operation: `Query` or `Scan`.
            asked: the request, as `shapes` has read it.
            expressions: its own.

        Raises:
            TableError: DynamoDB would refuse it.
        """
        index: str = asked.get("IndexName", "")
        if index and index not in self.index_keys:
            raise validation_error(
                f"The table does not have the specified index: {index}"
            )
        if index in self.global_indexes and asked.get("ConsistentRead"):
            raise validation_error(
                "Consistent reads are not supported on global secondary indexes"
            )
        _check_segment(asked)
        keys = dict(self.index_keys.get(index, self.keys))
        start: Mapping[str, Any] | None = asked.get("ExclusiveStartKey")
        if start is not None:
            self._check_start(start, keys, is_plain=operation == "Scan" and not index)
        if operation == "Query":
            _check_asked(keys, expressions.keys)
            if start is not None:
                _check_place(start, list(keys), expressions.keys)
            if expressions.filter is not None:
                check_filter(keys.items(), expressions.filter.heads)

    def _check_start(
        self, start: Mapping[str, Any], keys: Mapping[str, str], *, is_plain: bool
    ) -> None:
        wanted = {**dict(self.keys), **keys}
        given = {name: next(iter(value)) for name, value in start.items()}
        if given.keys() == wanted.keys() and given == wanted:
            return
        has_names = given.keys() == wanted.keys()
        schema = "The provided key element does not match the schema"
        raise validation_error(
            f"{_INVALID}: {schema}" if is_plain or has_names else _INVALID
        )


def _check_segment(asked: Mapping[str, Any]) -> None:
    segment, total = asked.get("Segment"), asked.get("TotalSegments")
    if segment is not None and total is not None and segment >= total:
        raise validation_error(
            "The Segment parameter is zero-based and must be less than parameter "
            f"TotalSegments: Segment: {segment} is not less than "
            f"TotalSegments: {total}"
        )


def _check_asked(keys: Mapping[str, str], asked: Mapping[str, AskedKey]) -> None:
    """Look whether a query asks for one partition, and of no more than its keys."""
    partition = next(iter(keys))
    if len(asked) > len(keys):
        raise validation_error(_NOT_SUPPORTED)
    for name, kind in keys.items():
        condition = asked.get(name)
        if condition is None:
            if name == partition or len(asked) > 1:
                raise validation_error(
                    f"Query condition missed key schema element: {name}"
                )
            continue
        if condition.types - {kind}:
            raise validation_error(
                "One or more parameter values were invalid: Condition parameter type "
                "does not match schema type"
            )
        if name == partition and not condition.is_equality:
            raise validation_error(_NOT_SUPPORTED)


def _check_place(
    start: Mapping[str, Any],
    keys: list[str],
    asked: Mapping[str, AskedKey],
) -> None:
    """Look whether a query could have ended at a key that is in order otherwise."""
    met = {name: one.condition.holds(start) for name, one in asked.items()}
    partition, *sort = keys
    if sort and not met.get(sort[0], True):
        raise validation_error(
            "The provided starting key does not match the range key predicate"
        )
    if met.get(partition, True):
        return
    if sort and sort[0] in met:
        raise validation_error(
            "The query can return at most one row and cannot be restarted"
        )
    raise validation_error(
        "The provided starting key is outside query boundaries based on provided "
        "conditions"
    )
