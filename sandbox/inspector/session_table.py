"""The sessions table as the sessions library wants it: rows in plain values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sandbox.inspector.plain_values import plain_row, row_from_plain
from sandbox.inspector.subject import TableCall
from sandbox.json_value import JsonValue
from sandbox.sessions.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSessions:
    """Reads and writes one table by `_idx`; all operations raise what `call` raises."""

    call: TableCall
    name: str
    """The physical name."""
    read_row: Callable[[Mapping[str, JsonValue]], Row] = plain_row
    """Makes a row of an item: for JavaScript too, unless said otherwise."""

    def get(self, idx: str) -> Row | None:
        """Give the row, as last written, or None."""
        request = {**self._key(idx), "ConsistentRead": True}
        item = self.call("GetItem", request).get("Item")
        return self.read_row(item) if isinstance(item, Mapping) else None

    def put(self, row: Row) -> None:
        """Store the row in place of any that has its `_idx`."""
        self.call("PutItem", {"TableName": self.name, "Item": row_from_plain(row)})

    def delete(self, idx: str) -> None:
        """Remove the row; none is no error."""
        self.call("DeleteItem", self._key(idx))

    def all_rows(self) -> Iterator[Row]:
        """Give every row."""
        request: dict[str, object] = {"TableName": self.name}
        while True:
            page = self.call("Scan", request)
            items = page["Items"]
            yield from map(self.read_row, items)  # type: ignore[arg-type]
            if not page.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _key(self, idx: str) -> dict[str, JsonValue]:
        return {"TableName": self.name, "Key": {"_idx": {"S": idx}}}
