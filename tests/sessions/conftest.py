"""A sessions table in memory: the fake at the seam of `sandbox.sessions.rows`."""

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.inspector.plain_values import row_from_plain


class MemoryTable:
    """Rows by their `_idx`, copied on the way in and out."""

    write_row = staticmethod(row_from_plain)

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    def get(self, idx: str) -> dict[str, Any] | None:
        row = self.rows.get(idx)
        return None if row is None else dict(row)

    def put(self, row: Mapping[str, Any]) -> None:
        self.rows[row["_idx"]] = dict(row)


@pytest.fixture
def table() -> MemoryTable:
    """Give an empty sessions table."""
    return MemoryTable()
