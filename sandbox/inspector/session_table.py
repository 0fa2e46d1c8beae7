"""The sessions table as the sessions library wants it: rows in plain values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from sandbox.inspector.messages import ApiError
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

    def update(self, was: Row, row: Row) -> bool:
        """Store what a row has become; tell whether it could be.

        Only what differs is written, so that whatever else the app writes meanwhile
        stays; and nothing is where the row is gone, or a map that is to change is no
        longer as it was. The parameters are the old ones: expressions are limited to
        4 KB (DynamoDB Developer Guide, "Quotas"), a row to a hundred times as much.

        Args:
            was: the row as it was read.
            row: what it is to be, with the same `_idx`.
        """
        before, after = self.write_row(was), self.write_row(row)
        names = dict.fromkeys((*after, *before))  # new ones stay in order
        changed = [n for n in names if before.get(n) != after.get(n)]
        maps = [n for n in changed if _is_map(before.get(n)) or _is_map(after.get(n))]
        updates = {
            name: {"Action": "PUT", "Value": after[name]}
            if name in after
            else {"Action": "DELETE"}
            for name in changed
        }
        expected = {
            name: {"Value": before[name]} if name in before else {"Exists": False}
            for name in ("_idx", *maps)
        }
        key = self._key(str(was["_idx"]))
        try:
            self.call(
                "UpdateItem",
                {**key, "AttributeUpdates": updates, "Expected": expected},
            )
        except ApiError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise
            return False
        return True

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


def _is_map(value: JsonValue) -> bool:
    return isinstance(value, Mapping) and "M" in value


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
