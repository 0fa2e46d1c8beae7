"""Columns and keys of a table's page."""

import pytest

from sandbox.inspector.messages import ApiError
from sandbox.inspector.pages.table import columns_of, keys_of

TABLE = {
    "keys": ("owner", "at"),
    "indexes": ({"name": "byKind", "keys": ("kind",)},),
    "ttl_attribute": "ends",
}


def test_columns_begin_with_keys() -> None:
    """Then come the index's key, the TTL, and what rows have, up to eight."""
    rows = ({"z": 1, "at": 1, "owner": "a"}, {f"x{n}": 1 for n in range(9)})

    columns = columns_of(TABLE, ("kind",), rows)

    assert columns == ("owner", "at", "kind", "ends", "z", "x0", "x1", "x2")


def test_keys_are_the_tables_or_an_indexs() -> None:
    """By the index's name."""
    assert keys_of(TABLE, None) == ("owner", "at")
    assert keys_of(TABLE, "byKind") == ("kind",)


def test_an_unknown_index_is_refused() -> None:
    """As 404, with its name."""
    with pytest.raises(ApiError, match='no index "other"') as caught:
        keys_of(TABLE, "other")

    assert caught.value.status == 404
