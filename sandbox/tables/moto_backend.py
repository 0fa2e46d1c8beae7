"""moto's store and its operations for requests that are read already.

Only this file, `engine`, `searching`, `stored_table` and what these stand on know moto
(the range is pinned in pyproject; `tests/tables/test_engine.py` compares `engine` with
moto's own door).
"""

import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    TransactionCanceledException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import (
    TRANSACTION_MAX_ITEMS,
    DynamoHandler,
)

from sandbox.tables.attribute_updates import bound_attribute_updates
from sandbox.tables.errors import TableError, cancelled_error, validation_error
from sandbox.tables.expressions import CONDITION, NAMES, VALUES
from sandbox.tables.item_checks import EmptyKeyError, check_targets
from sandbox.tables.lookups import attributes_of, raw_attributes_of
from sandbox.tables.orders import Item
from sandbox.tables.stored_table import Change, StoredTable
from sandbox.tables.update_expressions import parse_update
from sandbox.tables.updating import BoundUpdate

_SETTINGS = (
    *("attr", "_attribute_types", "global_indexes", "ttl"),
    *("billing_mode", "throughput", "warm_throughput", "deletion_protection_enabled"),
    *("stream_specification", "latest_stream_label", "stream_shard"),
)
"""What UpdateTable and UpdateTimeToLive change."""


class Backend(DynamoDBBackend):
    """moto's backend, its tables replaced by ours; owned by one `Engine`."""

    def __init__(self, region: str, account_id: str, changes: list[Change]) -> None:
        super().__init__(region, account_id)
        self._changes = changes

    def create_table(  # type: ignore[override]  # its twelve settings by name
        self, name: str, **settings: Any
    ) -> Table:
        """Create as moto does, a table that records its changes."""
        if name in self.tables:
            raise TableError("ResourceInUseException", f"Table already exists: {name}")
        table = StoredTable(  # type: ignore[abstract]  # of CloudFormation
            name,
            changes=self._changes,
            account_id=self.account_id,
            region=self.region_name,
            **settings,
        )
        self.tables[name] = table
        return table

    def update_table(self, *names: Any, **settings: Any) -> Table:
        """Update as moto does, and rebuild the lookups of its indexes."""
        table = super().update_table(*names, **settings)
        if isinstance(table, StoredTable):
            table.reindex()
        return table

    def put_item(  # type: ignore[override]  # as moto's transactions call it
        self, table_name: str, item_attrs: dict[str, Any], **_met: Any
    ) -> None:
        """Carry out a put of a batch, or of a transaction, whose conditions are met."""
        table: Any = self.get_table(table_name)
        table.check_size(item_attrs)
        table.put_sound(item_attrs)

    def put_whole(self, asked: Mapping[str, Any]) -> Item | None:
        """Put an item; give the one that was there before.

        Args:
            asked: a PutItem, with a ConditionExpression as in `change_item`.

        Raises:
            TableError, DynamodbException: DynamoDB would refuse it.
        """
        table: Any = self.get_table(asked["TableName"])
        table.check_size(asked["Item"])
        before: Item | None = table.find(asked["Item"])
        _refuse_unmet(asked, before)
        table.put_sound(asked["Item"])
        return before

    def update_item(  # type: ignore[override]  # as moto's transactions call it
        self, table_name: str, key: dict[str, Any], **asked: Any
    ) -> None:
        """Carry out an update of a transaction, whose conditions are met."""
        self.change_item(
            {
                "TableName": table_name,
                "Key": key,
                "UpdateExpression": asked["update_expression"],
                NAMES: asked["expression_attribute_names"],
                VALUES: asked["expression_attribute_values"],
            }
        )

    def change_item(self, asked: Mapping[str, Any]) -> None:
        """Update an item, or make it.

        Args:
            asked: an UpdateItem. It has a ConditionExpression where the item is known
                not to meet the one that was asked for.

        Raises:
            TableError, DynamodbException: DynamoDB would refuse it.
        """
        table: Any = self.get_table(asked["TableName"])
        update = _update_of(asked)
        check_targets(table.typed_keys, table.index_key_types, update.targets())
        before = table.find(asked["Key"])
        _refuse_unmet(asked, before)
        read = {} if before is None else raw_attributes_of(before, update.heads())
        table.put_changed(asked["Key"], update.apply(read))

    def transact_write_items(self, transact_items: list[dict[str, Any]]) -> None:
        """Write as moto does; what an action cannot do is told as DynamoDB tells it."""
        try:
            super().transact_write_items(transact_items)
        except TransactionCanceledException as cancelled:
            raise _in_words(cancelled) from cancelled

    @contextmanager
    def settings_kept(self, name: str) -> Iterator[None]:
        """Have a table as it was set, if it is there, where what is done fails."""
        table = self.tables.get(name)
        before = {} if table is None else _settings_of(table)
        try:
            yield
        except BaseException:
            if isinstance(table, StoredTable):
                vars(table).update(before)
                table.reindex()
            raise


class Handler(DynamoHandler):
    """moto's operations, for one request that has been read already."""

    def __init__(self, backend: Backend, request: dict[str, Any]) -> None:
        super().__init__()
        self.body = request
        self._backend = backend

    @property
    def dynamodb_backend(self) -> DynamoDBBackend:
        """Give the engine's own backend; moto would look one up by account."""
        return self._backend

    def put_item(self) -> ActionResult:
        """Put by the backend; moto's own items are smaller than DynamoDB's may be."""
        before = self._backend.put_whole(self.body)
        if before is None or self.body.get("ReturnValues") != "ALL_OLD":
            return ActionResult({})
        return ActionResult({"Attributes": attributes_of(before)})

    def update_item(self) -> ActionResult:
        """Update by the backend; what has changed is in its changes."""
        self._backend.change_item(self.body)
        return ActionResult({})

    def batch_write_item(self) -> ActionResult:
        """Write by the backend; moto takes two tables' items of one key for one."""
        for table, writes in self.body["RequestItems"].items():
            for write in writes:
                if "PutRequest" in write:
                    self._backend.put_item(table, write["PutRequest"]["Item"])
                else:
                    self._backend.delete_item(table, write["DeleteRequest"]["Key"])
        return ActionResult({"UnprocessedItems": {}})

    def transact_write_items(self) -> ActionResult:
        """Write by the backend; moto would read the updates once more."""
        self._backend.transact_write_items(self.body["TransactItems"])
        return ActionResult({})

    def transact_get_items(self) -> ActionResult:
        """Read as moto does, and up to a hundred items as DynamoDB does since 2022."""
        request = self.body
        wanted = request["TransactItems"]
        responses: list[Any] = []
        for start in range(0, len(wanted), TRANSACTION_MAX_ITEMS):
            page = wanted[start : start + TRANSACTION_MAX_ITEMS]
            self.body = {**request, "TransactItems": page}
            result: Any = super().transact_get_items().result
            responses += result["Responses"]
        return ActionResult({**result, "Responses": responses})


def _refuse_unmet(asked: Mapping[str, Any], before: Item | None) -> None:
    """Refuse a request whose condition has been left in it: it is not met."""
    if CONDITION in asked:
        shows = asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        item = attributes_of(before) if before and shows else None
        raise ConditionalCheckFailed(item=item)


def _update_of(asked: Mapping[str, Any]) -> BoundUpdate:
    if "UpdateExpression" not in asked:
        return bound_attribute_updates(asked.get("AttributeUpdates") or {})
    return BoundUpdate(
        update=parse_update(asked["UpdateExpression"]),
        names=asked.get(NAMES) or {},
        values=asked.get(VALUES) or {},
    )


def _in_words(cancelled: TransactionCanceledException) -> TableError:
    """Name reasons as DynamoDB does; moto names those of ours after a class."""
    body = json.loads(cancelled.description)
    for reason in body["CancellationReasons"]:
        if reason["Code"] == EmptyKeyError.__name__:
            return validation_error(reason["Message"].partition(": ")[2])
    reasons = [
        {
            **reason,
            "Code": "ValidationError",
            "Message": reason["Message"].partition(": ")[2],
        }
        if reason["Code"] == TableError.__name__
        else reason
        for reason in body["CancellationReasons"]
    ]
    return cancelled_error(reasons)


def _settings_of(table: Table) -> dict[str, Any]:
    settings = {name: copy.copy(getattr(table, name)) for name in _SETTINGS}
    settings["global_indexes"] = [copy.copy(one) for one in table.global_indexes]
    return settings
