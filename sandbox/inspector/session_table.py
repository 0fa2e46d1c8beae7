"""The sessions table as the sessions library wants it: rows in plain values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sandbox.inspector.plain_values import plain_row, row_from_plain
from sandbox.inspector.subject import TableCall
from sandbox.json_value import JsonValue
from sandbox.project.model import Project
from sandbox.project.table_names import physical_name, table_stage
from sandbox.sessions.advice import session_table
from sandbox.sessions.rows import Row
from sandbox.sessions.settings import SessionSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSessions:
    """Reads and writes one table by `_idx`; all operations raise what `call` raises."""

    call: TableCall
    name: str
    """The physical name."""
    read_row: Callable[[Mapping[str, JsonValue]], Row] = plain_row
    """Makes a row of an item: for JavaScript too, unless said otherwise."""
    write_row: Callable[[Row], Mapping[str, JsonValue]] = row_from_plain
    """Makes an item of a row."""

    def get(self, idx: str) -> Row | None:
        """Give the row, as last written, or None."""
        request = {**self._key(idx), "ConsistentRead": True}
        item = self.call("GetItem", request).get("Item")
        return self.read_row(item) if isinstance(item, Mapping) else None

    def put(self, row: Row) -> None:
        """Store the row in place of any that has its `_idx`."""
        self.call("PutItem", {"TableName": self.name, "Item": self.write_row(row)})

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


def find_sessions(
    project: Project,
    settings: SessionSettings,
    *,
    stage: str | None,
    call: TableCall,
) -> StoredSessions | None:
    """Give the sessions in the table that the settings name.

    Args:
        project: declares the table.
        settings: where sessions are kept.
        stage: as ARC_ENV has it.
        call: carries out an operation on tables.

    Returns:
        None where they are not in a table, or in one that the manifest lacks.
    """
    table = session_table(project, settings)
    if table is None:
        return None
    name = physical_name(project.name, table_stage(stage), table.name)
    return StoredSessions(call=call, name=name)
