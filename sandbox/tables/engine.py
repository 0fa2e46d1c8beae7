"""Takes one DynamoDB operation, gives its result: moto, entered below its web layer.

Requests are read by `shapes` and handed to moto's operation methods: moto's own way in
parses URLs, forms and headers that a DynamoDB request does not have, at ten times the
cost. Gets and puts of whole items are for `plain`, unless moto has something to refuse;
what expressions say is decided by `expressions` and `results`, queries and scans are
answered by `searching`, updates carried out by `updating`, and PartiQL by `partiql`.

Nothing here is safe between threads; `store.TableStore` holds the lock.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias, TypeVar

from moto.core.exceptions import JsonRESTError, ServiceException
from moto.dynamodb.models.table import GlobalSecondaryIndex, Table
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords
from moto.dynamodb.responses import validate_select

from sandbox.json_value import JsonValue
from sandbox.tables.asked_keys import check_keys
from sandbox.tables.bound_conditions import BoundCondition
from sandbox.tables.capacity import consumed
from sandbox.tables.errors import TableError, no_table_error, validation_error
from sandbox.tables.expression_parts import RealPath
from sandbox.tables.expressions import (
    CONDITION,
    PROJECTION,
    Expressions,
    Scope,
    map_scopes,
)
from sandbox.tables.item_checks import check_scalars
from sandbox.tables.key_schema import TableKeys
from sandbox.tables.lookups import attributes_of
from sandbox.tables.moto_backend import Backend, Handler
from sandbox.tables.orders import Item
from sandbox.tables.partiql import STATEMENTS, Answers, execute
from sandbox.tables.plain import get_plainly, put_plainly
from sandbox.tables.results import projected, updated
from sandbox.tables.schema import CreateTable
from sandbox.tables.searches import check_search
from sandbox.tables.searching import search
from sandbox.tables.shapes import input_reader, output_writer
from sandbox.tables.stored_table import Change, StoredTable

_METHODS = {
    "BatchGetItem": "batch_get_item",
    "BatchWriteItem": "batch_write_item",
    "CreateTable": "create_table",
    "DeleteItem": "delete_item",
    "DeleteTable": "delete_table",
    "DescribeContinuousBackups": "describe_continuous_backups",
    "DescribeLimits": "describe_limits",
    "DescribeTable": "describe_table",
    "DescribeTimeToLive": "describe_time_to_live",
    "GetItem": "get_item",
    "ListTables": "list_tables",
    "ListTagsOfResource": "list_tags_of_resource",
    "PutItem": "put_item",
    "Query": "query",
    "Scan": "scan",
    "TagResource": "tag_resource",
    "TransactGetItems": "transact_get_items",
    "TransactWriteItems": "transact_write_items",
    "UntagResource": "untag_resource",
    "UpdateContinuousBackups": "update_continuous_backups",
    "UpdateItem": "update_item",
    "UpdateTable": "update_table",
    "UpdateTimeToLive": "update_time_to_live",
}
OPERATIONS = STATEMENTS.union(_METHODS)
"""What is emulated. Left out: backups, global tables, imports and exports (which would
start threads and need S3), and DescribeEndpoints, which sends clients to AWS."""

_CODES = {"ResourceNotFound": "ResourceNotFoundException"}
"""Where moto's name for an error is not DynamoDB's."""

_PLAIN: Mapping[
    str,
    Callable[[StoredTable, Mapping[str, Any]], dict[str, JsonValue] | None],
] = {"GetItem": get_plainly, "PutItem": put_plainly}
"""What is tried before moto, and gives None where moto is to answer."""

_NEVER = "attribute_exists(never) AND attribute_not_exists(never)"
"""Stands for a condition that an item does not meet; moto words the refusal."""
_ANY = frozenset({"NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"})
_RETURNED = dict.fromkeys(("PutItem", "DeleteItem"), frozenset({"NONE", "ALL_OLD"}))
_SEARCHES = frozenset({"Query", "Scan"})
_SETTING_OPERATIONS = frozenset(("UpdateTable", "UpdateTimeToLive"))

_T = TypeVar("_T")

Commit: TypeAlias = Callable[[str, Mapping[str, object], Sequence[Change]], None]
"""Told of an operation, its request and its changes just before they count.

Raises:
    TableError: they must not.
"""


def _count_at_once(
    _operation: str, _request: Mapping[str, object], _changes: Sequence[Change]
) -> None:
    """Commit without anybody being told."""


class Engine:
    """The tables of one account in one region."""

    def __init__(self, *, region: str, account_id: str) -> None:
        self._changes: list[Change] = []
        self._backend = Backend(region, account_id, self._changes)
        self._reserved = frozenset(ReservedKeywords.get_reserved_keywords())
        self._answers = Answers(keys_of=self._keys_of, answer=self._answer_alone)

    @property
    def tables(self) -> Mapping[str, StoredTable]:
        """The tables by physical name, in order of creation."""
        return self._backend.tables  # type: ignore[return-value]  # ours, by create_table

    def call(
        self,
        operation: str,
        request: Mapping[str, object],
        *,
        commit: Commit = _count_at_once,
    ) -> tuple[dict[str, JsonValue], tuple[Change, ...]]:
        """Carry out an operation wholly, or not at all.

        Args:
            operation: such as `GetItem`.
            request: in DynamoDB JSON.
            commit: may refuse the changes, which are undone then.

        Returns:
            The result as DynamoDB's JSON, and the items it changed, in order.

        Raises:
            TableError: DynamoDB's answer to a request that it refuses.
        """
        read = input_reader(operation)
        if operation not in OPERATIONS:
            message = f'The sandbox does not emulate DynamoDB\'s "{operation}".'
            raise TableError("UnknownOperationException", message)
        asked = read(request, "")

        def carry_out() -> dict[str, JsonValue]:
            result = self._answer_plainly(operation, asked)
            if result is None and operation in STATEMENTS:
                result = execute(operation, asked, self._answers)
            elif result is None:
                result = self._answer(operation, asked)
            commit(operation, request, self._changes)
            return result

        def carry_out_settings() -> dict[str, JsonValue]:
            with self._backend.settings_kept(asked["TableName"]):
                return carry_out()

        act = carry_out_settings if operation in _SETTING_OPERATIONS else carry_out
        return self._all_or_nothing(operation, act), self._take_changes()

    def _answer(
        self, operation: str, asked: dict[str, Any], *, may_filter_keys: bool = False
    ) -> dict[str, JsonValue]:
        if asked.get("ReturnValues", "NONE") not in _RETURNED.get(operation, _ANY):
            raise validation_error("ReturnValues can only be ALL_OLD or NONE")
        check_keys(operation, asked, self._keys_of)
        read: list[Expressions] = []
        judged = map_scopes(operation, asked, partial(self._judged, read))
        if operation in _SEARCHES:
            return self._search(
                operation, asked, read[0], may_filter_keys=may_filter_keys
            )
        begun = len(self._changes)
        answer = getattr(Handler(self._backend, judged), _METHODS[operation])().result
        result = output_writer(operation)(answer or {})
        for member in ("ConsumedCapacity", "ItemCollectionMetrics"):
            result.pop(member, None)  # moto tells it unasked, and always the same
        result |= consumed(operation, asked, self.tables, self._changes[begun:])
        if operation == "UpdateItem":
            return self._updated(asked, result, read[0].targets)
        return projected(operation, asked, result, read)

    def _answer_alone(
        self, operation: str, asked: dict[str, Any]
    ) -> dict[str, JsonValue]:
        """Answer a request of a statement; where it fails, undo it and no other."""
        count = len(self._changes)
        try:
            return self._answer(operation, asked, may_filter_keys=True)
        except Exception as error:
            self._undo(kept=count)
            told = _told(operation, error)
            if told is error:
                raise
            raise told from error

    def _search(
        self,
        operation: str,
        asked: Mapping[str, Any],
        expressions: Expressions,
        *,
        may_filter_keys: bool,
    ) -> dict[str, JsonValue]:
        table = self.tables.get(asked["TableName"])
        if table is None:
            raise no_table_error()
        check_search(
            operation,
            asked,
            expressions,
            table_keys=table.key_schema,
            indexes=table.schemas,
            may_filter_keys=may_filter_keys,
        )
        validate_select(
            operation=operation,
            select=asked.get("Select"),
            projection_expression=asked.get("ProjectionExpression"),
            attributes_to_get=asked.get("AttributesToGet"),
            table=table,
            index_name=asked.get("IndexName"),
        )
        return search(table, operation, asked, expressions)

    def _judged(
        self, read: list[Expressions], kind: str, scope: Scope, name: str
    ) -> Scope:
        """Check expressions, add them to `read`, and leave moto those it does well.

        moto's own conditions fail where types differ, and take what is not there for
        equal: it is told a verdict.
        """
        expressions = Expressions(kind, scope, reserved=self._reserved)
        read.append(expressions)
        table = self.tables.get(name)
        if table is None:
            return scope  # as moto will find
        check_scalars(table.typed_keys, table.index_key_types, expressions.nested)
        left = expressions.without(CONDITION, PROJECTION)
        condition = expressions.condition
        if condition is not None and not _is_met(table, condition, scope):
            left[CONDITION] = _NEVER
        return left

    def _updated(
        self,
        asked: Mapping[str, Any],
        result: dict[str, JsonValue],
        targets: Sequence[RealPath],
    ) -> dict[str, JsonValue]:
        """Give the result of an UpdateItem, whose change is the last."""
        wanted = asked.get("ReturnValues", "NONE")
        change = self._changes[-1]
        item = change.before if wanted in ("ALL_OLD", "UPDATED_OLD") else change.after
        if wanted == "NONE" or item is None:
            return result
        touched = targets or [(name,) for name in asked.get("AttributeUpdates", {})]
        return updated(
            result, attributes_of(item), None if "ALL" in wanted else touched
        )

    def _answer_plainly(
        self, operation: str, asked: Mapping[str, Any]
    ) -> dict[str, JsonValue] | None:
        carry_out = _PLAIN.get(operation)
        table = self.tables.get(asked["TableName"]) if carry_out else None
        return carry_out(table, asked) if carry_out and table is not None else None

    def _keys_of(self, name: str) -> TableKeys | None:
        table = self.tables.get(name)
        return None if table is None else table.keys

    def use_region(self, region: str) -> None:
        """Name tables that are created from now on after this region."""
        self._backend.region_name = region

    def drop(self, name: str) -> None:
        """Take a table away, if it is there."""
        self._backend.tables.pop(name, None)

    def drop_all(self) -> None:
        """Take every table away."""
        self._backend.tables.clear()

    def disable_ttl(self, name: str) -> None:
        """Turn off the expiry of a table."""
        self.tables[name].ttl = {"TimeToLiveStatus": "DISABLED"}

    def set_indexes(self, request: CreateTable) -> None:
        """Give an existing table the secondary indexes of `request`; rows stay."""
        table = self.tables[request["TableName"]]
        asked = input_reader("CreateTable")(request, "")
        table.attr = asked["AttributeDefinitions"]
        table.global_indexes = [
            GlobalSecondaryIndex.create(index, table.table_key_attrs)
            for index in asked.get("GlobalSecondaryIndexes", [])
        ]
        table.reindex()

    def delete(self, table: StoredTable, items: Sequence[Item]) -> tuple[Change, ...]:
        """Delete items of a table, as a table's expiry does."""
        for item in items:
            table.delete_item(item.hash_key, item.range_key)
        return self._take_changes()

    def load_rows(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Let a table hold exactly these rows, which a table like it held before."""
        table = self.tables[name]
        self._all_or_nothing(
            "PutItem", lambda: table.load([table.item_of(row) for row in rows])
        )

    @contextmanager
    def same_tables_on_failure(self) -> Iterator[None]:
        """Bring back tables that were dropped, and drop new ones, if the body fails."""
        before = dict(self._backend.tables)
        try:
            yield
        except BaseException:
            self._bring_back(before)
            raise

    def _bring_back(self, tables: Mapping[str, Table]) -> None:
        self._backend.tables.clear()
        self._backend.tables.update(tables)

    def _all_or_nothing(self, operation: str, act: Callable[[], _T]) -> _T:
        """Give what `act` gives; where it fails, undo it and raise DynamoDB's error."""
        tracked: list[Any] = Item.instances_tracked  # type: ignore[attr-defined]
        count = len(tracked)
        tables = dict(self._backend.tables)
        try:
            return act()
        except BaseException as error:
            self._bring_back(tables)
            self._undo()
            told = _told(operation, error)
            if told is error:
                raise
            raise told from error
        finally:
            # moto notes each item it makes in a list of the class, for ever.
            del tracked[count:]

    def _undo(self, *, kept: int = 0) -> None:
        """Undo the changes behind the first, of which so many are kept."""
        for change in reversed(self._changes[kept:]):
            change.table.undo(change)
        del self._changes[kept:]

    def _take_changes(self) -> tuple[Change, ...]:
        changes = tuple(self._changes)
        self._changes.clear()
        for change in changes:
            change.table.keep(change)
        return changes


def _is_met(table: StoredTable, condition: BoundCondition, scope: Scope) -> bool:
    item = table.find(scope["Item"] if "Item" in scope else scope["Key"])
    attributes: Any = {} if item is None else attributes_of(item, condition.heads)
    return condition.holds(attributes)


def _told(operation: str, error: BaseException) -> BaseException:
    """Give DynamoDB's error for moto's, and for moto's gaps, which show as any."""
    if isinstance(error, TableError) or not isinstance(error, Exception):
        return error
    if isinstance(error, JsonRESTError | ServiceException):
        return _translated(error)
    if isinstance(error, UnicodeEncodeError):
        return validation_error("A text has half a surrogate pair, which is no Unicode")
    return _unforeseen(operation, error)


def _translated(error: JsonRESTError | ServiceException) -> TableError:
    """Give moto's error as DynamoDB's, with what its body says beside the message."""
    if isinstance(error, ServiceException):
        return TableError(error.code, error.message)
    name = error.error_type.rpartition("#")[2]
    details = json.loads(error.description)
    for member in ("__type", "message", "Message"):
        details.pop(member, None)
    return TableError(_CODES.get(name, name), error.message, details=details)


def _unforeseen(operation: str, error: Exception) -> TableError:
    """Answer where moto has a gap: a status 400, since a client would retry a 500."""
    return validation_error(
        f'The sandbox could not carry out "{operation}": '
        f"{type(error).__name__}: {error}"
    )
