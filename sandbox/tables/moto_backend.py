"""moto's store and its operations for requests that are read already.

Only this file, `engine`, `stored_table`, `lookups` and `updates` know moto (the range
is pinned in pyproject; `tests/tables/test_engine.py` compares `engine` with moto's own
door).
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import TRANSACTION_MAX_ITEMS, DynamoHandler

from sandbox.tables.errors import TableError
from sandbox.tables.stored_table import Change, StoredTable
from sandbox.tables.updates import update

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

    def update_item(  # type: ignore[override]  # what is passed on goes by name
        self,
        table_name: str,
        key: dict[str, Any],
        update_expression: str,
        expression_attribute_names: dict[str, Any],
        expression_attribute_values: dict[str, Any],
        **conditions: Any,
    ) -> Item:
        """Update as moto does, on a copy of the item; expressions by `updates`."""
        table = self.get_table(table_name)
        before = None
        if isinstance(table, StoredTable):
            before = table.open_for_update(key)
        item = super().update_item(
            table_name,
            key,
            "",
            expression_attribute_names,
            expression_attribute_values,
            **{
                **conditions,
                "attribute_updates": conditions.get("attribute_updates") or {},
            },
        )
        if update_expression:
            update(
                item,
                update_expression,
                table=table,
                before=before or Item(item.hash_key, item.range_key, attrs={}),
                names=expression_attribute_names,
                values=expression_attribute_values,
            )
        return item

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

    def __init__(self, backend: DynamoDBBackend, request: dict[str, Any]) -> None:
        super().__init__()
        self.body = request
        self._backend = backend

    @property
    def dynamodb_backend(self) -> DynamoDBBackend:
        """Give the engine's own backend; moto would look one up by account."""
        return self._backend

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


def _settings_of(table: Table) -> dict[str, Any]:
    settings = {name: copy.copy(getattr(table, name)) for name in _SETTINGS}
    settings["global_indexes"] = [copy.copy(one) for one in table.global_indexes]
    return settings
