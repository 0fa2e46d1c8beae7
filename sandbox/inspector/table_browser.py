"""The app's tables for people: rows in plain values, found by table and key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from sandbox.inspector.messages import ApiError
from sandbox.inspector.plain_values import from_plain, plain_row, row_from_plain
from sandbox.inspector.subject import TableCall
from sandbox.json_value import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPage:
    """Some rows, and where to go on."""

    rows: tuple[Mapping[str, JsonValue], ...]
    next_key: Mapping[str, JsonValue] | None
    """The last row's key where there is more; None at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowQuery:
    """Which rows are asked for."""

    index: str | None = None
    key: Mapping[str, JsonValue] | None = None
    """Plain values of a partition key, and of the sort key or not; None for all."""
    after: Mapping[str, JsonValue] | None = None
    """The key after which to begin."""
    limit: int = 100


class TableBrowser:
    """Reads and changes rows. All methods raise what `call` raises.

    Args:
        call: carries out DynamoDB's operations.
    """

    def __init__(self, call: TableCall) -> None:
        self._call = call

    def tables(self) -> list[dict[str, JsonValue]]:
        """Give every table as the API shows it, in order of names."""
        found = map(self._table_if_there, self._names())
        return [table for table in found if table is not None]

    def _table(self, name: str) -> dict[str, JsonValue]:
        facts = self._call("DescribeTable", {"TableName": name})["Table"]
        ttl = self._call("DescribeTimeToLive", {"TableName": name})
        return _table_json(_object(facts), _object(ttl["TimeToLiveDescription"]))

    def _names(self) -> Iterator[str]:
        request: dict[str, object] = {}
        while True:
            page = self._call("ListTables", request)
            yield from map(str, _items(page["TableNames"]))
            last = page.get("LastEvaluatedTableName")
            if last is None:
                return
            request["ExclusiveStartTableName"] = last

    def _table_if_there(self, name: str) -> dict[str, JsonValue] | None:
        """Give a table that was listed; None where a save has dropped it since."""
        try:
            return self._table(name)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return None

    def rows(self, name: str, query: RowQuery) -> RowPage:
        """Give rows of a table or an index, all of them or those of a key.

        Raises:
            ApiError: the table, the index or the key is none.
        """
        request: dict[str, object] = {"TableName": name, "Limit": query.limit}
        if query.index is not None:
            request["IndexName"] = query.index
        if query.after is not None:
            request["ExclusiveStartKey"] = _row(query.after)
        if query.key is not None:
            request |= _key_condition(query.key)
        operation = "Scan" if query.key is None else "Query"
        page = self._call(operation, request)
        last = page.get("LastEvaluatedKey")
        if last is not None:
            # It says that the limit was reached, and not that more follows.
            following = {**request, "ExclusiveStartKey": last, "Limit": 1}
            last = last if self._call(operation, following)["Items"] else None
        return RowPage(
            rows=tuple(plain_row(_object(item)) for item in _items(page["Items"])),
            next_key=plain_row(_object(last)) if last else None,
        )

    def put(self, name: str, row: Mapping[str, JsonValue]) -> None:
        """Store a row; it replaces one with the same key.

        Raises:
            ApiError: it does not fit the table.
        """
        self._call("PutItem", {"TableName": name, "Item": _row(row)})

    def add(self, name: str, row: Mapping[str, JsonValue]) -> None:
        """Store a row whose key no other has.

        Raises:
            ApiError: one has it, 409; or the row does not fit the table.
        """
        partition_key = str(_items(self._table(name)["keys"])[0])
        is_new = {partition_key: {"Exists": False}}
        try:
            self._call(
                "PutItem", {"TableName": name, "Item": _row(row), "Expected": is_new}
            )
        except ApiError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise
            raise ApiError(
                error.status,
                "There is a row with this key already.",
                remedy="Change that one, or give this one another key.",
            ) from error

    def delete(self, name: str, key: Mapping[str, JsonValue]) -> bool:
        """Remove a row; tell whether there was one.

        Raises:
            ApiError: the key does not fit the table.
        """
        request = {"TableName": name, "Key": _row(key), "ReturnValues": "ALL_OLD"}
        return bool(self._call("DeleteItem", request).get("Attributes"))

    def export(self, name: str) -> tuple[Mapping[str, JsonValue], ...]:
        """Give all rows of a table."""
        rows: list[Mapping[str, JsonValue]] = []
        after = None
        while True:
            page = self.rows(name, RowQuery(after=after, limit=1000))
            rows += page.rows
            after = page.next_key
            if after is None:
                return tuple(rows)

    def import_rows(
        self, name: str, rows: Sequence[JsonValue], *, first_number: int = 1
    ) -> int:
        """Store rows, each in place of one that has its key; give how many.

        Args:
            name: the table's physical name.
            rows: in plain values.
            first_number: what an error calls the first of them; those before it, in
                another call, are taken to be stored.

        Raises:
            ApiError: one does not fit the table, and is named; those before it are
                stored.
        """
        for number, row in enumerate(rows, first_number):
            if not isinstance(row, Mapping):
                raise ApiError(
                    400,
                    f"Row {number} is not an object.",
                    remedy=_stored_before(number),
                )
            try:
                self.put(name, row)
            except ApiError as error:
                if error.status != HTTPStatus.BAD_REQUEST:
                    raise
                raise ApiError(
                    error.status,
                    f"Row {number}: {error.message.removesuffix('.')}.",
                    remedy=f"{error.remedy} {_stored_before(number)}".strip(),
                ) from error
        return len(rows)


def _table_json(
    facts: Mapping[str, JsonValue], ttl: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Give a table; the attributes in `key_types` are its keys and its indexes'."""
    is_on = ttl.get("TimeToLiveStatus") == "ENABLED"
    indexes = map(_object, _items(facts.get("GlobalSecondaryIndexes") or ()))
    definitions = map(_object, _items(facts["AttributeDefinitions"]))
    return {
        "name": facts["TableName"],
        "keys": _keys(facts["KeySchema"]),
        "key_types": {
            str(one["AttributeName"]): one["AttributeType"] for one in definitions
        },
        "indexes": [
            {"name": one["IndexName"], "keys": _keys(one["KeySchema"])}
            for one in indexes
        ],
        "ttl_attribute": ttl["AttributeName"] if is_on else None,
        "row_count": facts.get("ItemCount", 0),
    }


def _keys(schema: JsonValue) -> tuple[JsonValue, ...]:
    """Give the partition key's attribute, then the sort key's where there is one."""
    elements = [_object(element) for element in _items(schema)]
    elements.sort(key=lambda element: element["KeyType"] != "HASH")
    return tuple(element["AttributeName"] for element in elements)


def _key_condition(key: Mapping[str, JsonValue]) -> dict[str, object]:
    names = {f"#k{n}": name for n, name in enumerate(key)}
    values = {f":v{n}": _value(value) for n, value in enumerate(key.values())}
    terms = (f"{name} = {value}" for name, value in zip(names, values, strict=True))
    return {
        "KeyConditionExpression": " AND ".join(terms),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def _row(row: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    try:
        return row_from_plain(row)
    except ValueError as error:
        raise _unfit(error) from error


def _value(value: JsonValue) -> dict[str, JsonValue]:
    try:
        return from_plain(value)
    except ValueError as error:
        raise _unfit(error) from error


def _unfit(error: ValueError) -> ApiError:
    return ApiError(
        400,
        f"The row cannot be stored: {error}.",
        remedy='Use plain JSON; {"$set": […]}, {"$binary": "…"} and {"$number": "…"} '
        "say what JSON cannot.",
    )


def _stored_before(number: int) -> str:
    match number - 1:
        case 0:
            return "No row is stored."
        case 1:
            return "1 row before it is stored."
    return f"{number - 1} rows before it are stored."


def _object(value: JsonValue) -> Mapping[str, JsonValue]:
    if not isinstance(value, Mapping):
        raise TypeError(f"not an object: {value!r}")
    return value


def _items(value: JsonValue) -> tuple[JsonValue, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"not a list: {value!r}")
    return tuple(value)
