"""A store with a ledger: what is there after a restart, and what is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import ManualClock
from sandbox.errors import StorageError
from sandbox.project.model import Key, Project, Table
from sandbox.tables.errors import TableError
from sandbox.tables.ledger import Ledger
from sandbox.tables.records import encode_record
from sandbox.tables.store import TableStore
from tests.files import full_disk

MakeProject = Callable[..., Project]
SESSIONS = Table(
    name="sessions", partition_key=Key(attribute="_idx"), ttl_attribute="_ttl"
)
CATS = replace(SESSIONS, name="cats")
TABLE, CATS_TABLE = "demo-staging-sessions", "demo-staging-cats"
A, B = {"_idx": {"S": "a"}}, {"_idx": {"S": "b"}}
NOW = 1_700_000_000


class Kept:
    """A store that is closed and opened again on the same folder."""

    def __init__(self, folder: Path, make_project: MakeProject) -> None:
        self.clock = ManualClock(NOW)
        self.notices: tuple[str, ...] = ()
        self._folder = folder
        self._make_project = make_project

    @contextmanager
    def run(self, *tables: Table, seeds: Any = dict) -> Iterator[TableStore]:
        ledger = Ledger(self._folder, rewrite_at_bytes=200)
        store = TableStore(clock=self.clock, ledger=ledger)
        try:
            project = self._make_project(*(tables or (SESSIONS,)))
            self.notices = store.load(project, seeds=seeds)
            yield store
        finally:
            store.close()
            ledger.close()


@pytest.fixture
def kept(tmp_path: Path, make_project: MakeProject) -> Kept:
    """Give what runs stores on one ledger, one after the other."""
    return Kept(tmp_path / "state", make_project)


def put(store: TableStore, item: Any, table: str = TABLE) -> None:
    """Put a row."""
    store.call("PutItem", {"TableName": table, "Item": item})


def rows(store: TableStore, table: str = TABLE) -> list[Any]:
    """Give the rows of a table."""
    return list(store.export()[table])


def test_rows_of_every_type_are_there_again(kept: Kept) -> None:
    """As they were written, binary values and empty maps too."""
    row = {
        **A,
        "n": {"N": "1.5"},
        "b": {"B": "AAE="},
        "bs": {"BS": ["AAE=", "AAI="]},
        "m": {"M": {"l": {"L": [{"NULL": True}, {"BOOL": False}]}, "e": {"M": {}}}},
        "ss": {"SS": ["x", "y"]},
    }
    with kept.run() as store:
        put(store, row)
        before = store.export()
    with kept.run() as store:
        assert store.export() == before
        assert rows(store) == [row]


def test_every_kind_of_write_is_kept(kept: Kept) -> None:
    """Update, delete, batch, transaction and statement."""
    with kept.run() as store:
        for item in (A, B):
            put(store, item)
        store.call("DeleteItem", {"TableName": TABLE, "Key": B})
        store.call(
            "UpdateItem",
            {
                "TableName": TABLE,
                "Key": A,
                "UpdateExpression": "SET n = :n",
                "ExpressionAttributeValues": {":n": {"N": "7"}},
            },
        )
        write = {"Put": {"TableName": TABLE, "Item": {"_idx": {"S": "c"}}}}
        store.call("TransactWriteItems", {"TransactItems": [write]})
        put_d = {"PutRequest": {"Item": {"_idx": {"S": "d"}}}}
        store.call("BatchWriteItem", {"RequestItems": {TABLE: [put_d]}})
        insert = f"INSERT INTO \"{TABLE}\" VALUE {{'_idx': 'e'}}"
        store.call("ExecuteStatement", {"Statement": insert})
    with kept.run() as store:
        assert rows(store) == [
            {**A, "n": {"N": "7"}},
            {"_idx": {"S": "c"}},
            {"_idx": {"S": "d"}},
            {"_idx": {"S": "e"}},
        ]


def test_a_sleeping_table_of_the_same_name_is_another(kept: Kept) -> None:
    """Rewriting does not mix their rows up, whatever comes after it."""
    other = replace(SESSIONS, partition_key=Key(attribute="id"), ttl_attribute=None)
    with kept.run() as store:
        put(store, A)
    with kept.run(other) as store:
        put(store, {"id": {"S": "x" * 300}})
        store.tidy()
        put(store, {"id": {"S": "late"}})
    with kept.run(other) as store:
        assert sorted(len(row["id"]["S"]) for row in rows(store)) == [4, 300]
    with kept.run() as store:
        assert rows(store) == [A]


def test_a_ledger_that_contradicts_itself_is_told(kept: Kept, tmp_path: Path) -> None:
    """With the file, and what to do with it; nothing is lost of it."""
    with kept.run() as store:
        put(store, A)
    file = tmp_path / "state" / "tables.jsonl"
    with file.open("ab") as opened:
        record = {"op": "PutItem", "changes": [[TABLE, {"id": {"S": "1"}}]]}
        opened.write(encode_record(record))  # type: ignore[arg-type]
    before = file.read_bytes()

    with pytest.raises(StorageError, match=r"tables\.jsonl") as refused, kept.run():
        pass

    assert "Move the file away" in refused.value.remedy
    assert file.read_bytes() == before


def test_an_expired_row_stays_away(kept: Kept) -> None:
    """Even where the clock is back where the row was not due yet."""
    with kept.run() as store:
        put(store, {**A, "_ttl": {"N": str(NOW + 60)}})
        kept.clock.advance(120)
        assert rows(store) == []
    kept.clock = ManualClock(NOW)
    with kept.run() as store:
        assert rows(store) == []


def test_seeds_come_once(kept: Kept) -> None:
    """A table has them when it is made for the first time, and after a reset."""
    seeds = {"sessions": [A]}
    with kept.run(seeds=lambda: seeds) as store:
        store.call("DeleteItem", {"TableName": TABLE, "Key": A})
    with kept.run(SESSIONS, CATS, seeds=lambda: {**seeds, "cats": [B]}) as store:
        assert (rows(store), rows(store, CATS_TABLE)) == ([], [B])
        put(store, B)
        store.reset()
        assert rows(store) == [A]
    with kept.run(seeds=lambda: {"sessions": [B]}) as store:
        assert rows(store) == [A]


def test_a_table_that_goes_is_kept_and_told(
    kept: Kept, make_project: MakeProject
) -> None:
    """Its rows are back when it is: after a restart, or in the same run."""
    with kept.run(SESSIONS, CATS) as store:
        put(store, A, CATS_TABLE)
    with kept.run() as store:
        assert kept.notices == (
            'Kept, but not declared any more: "demo-staging-cats" with the key _idx '
            "(1 rows). Declare them again to have their rows back.",
        )
        store.apply(make_project(SESSIONS, CATS))
        put(store, B, CATS_TABLE)
        store.apply(make_project(SESSIONS))
        store.tidy()
        store.apply(make_project(SESSIONS, CATS))
        assert rows(store, CATS_TABLE) == [A, B]
    with kept.run(SESSIONS, CATS) as store:
        assert rows(store, CATS_TABLE) == [A, B]


def test_rows_come_back_with_their_keys(kept: Kept, make_project: MakeProject) -> None:
    """A key that was changed by mistake costs nothing."""
    other = replace(SESSIONS, partition_key=Key(attribute="id"))
    with kept.run() as store:
        put(store, A)
        (notice,) = store.apply(make_project(other))
        assert "The others are kept, and come back with its former keys." in notice
        assert rows(store) == []
        put(store, {"id": {"S": "x"}})
    with kept.run() as store:
        assert rows(store) == [A]


def test_tables_that_the_app_makes_are_there_again(kept: Kept) -> None:
    """With their settings; one that it deleted is not."""
    create = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    ttl = {"AttributeName": "until", "Enabled": True}
    with kept.run() as store:
        for name in ("own", "gone"):
            store.call("CreateTable", {"TableName": name, **create})
            put(store, {"id": {"S": "x"}}, name)
        store.call(
            "UpdateTimeToLive", {"TableName": "own", "TimeToLiveSpecification": ttl}
        )
        store.call("DeleteTable", {"TableName": "gone"})
        store.tidy()
    with kept.run() as store:
        assert rows(store, "own") == [{"id": {"S": "x"}}]
        assert "gone" not in store.export()
        described = store.call("DescribeTimeToLive", {"TableName": "own"})
        assert described["TimeToLiveDescription"] == {
            "TimeToLiveStatus": "ENABLED",
            "AttributeName": "until",
        }
        store.reset()
    with kept.run() as store:
        assert "own" not in store.export()


def test_a_full_disk_refuses_the_write_and_nothing_else(kept: Kept) -> None:
    """The client gets DynamoDB's 500, nothing is applied, and all goes on after."""
    with kept.run() as store:
        put(store, A)
        with full_disk():
            with pytest.raises(TableError) as refused:
                put(store, B)
            with pytest.raises(TableError):
                store.call("DeleteTable", {"TableName": TABLE})
            assert rows(store) == [A]
        assert (refused.value.code, refused.value.status) == (
            "InternalServerError",
            500,
        )
        assert "cannot be written" in refused.value.message
        put(store, {"_idx": {"S": "c"}})
    with kept.run() as store:
        assert rows(store) == [A, {"_idx": {"S": "c"}}]


@pytest.mark.parametrize(
    ("operation", "settings"),
    [
        (
            "UpdateTimeToLive",
            {"TimeToLiveSpecification": {"AttributeName": "until", "Enabled": True}},
        ),
        (
            "UpdateTable",
            {
                "DeletionProtectionEnabled": True,
                "AttributeDefinitions": [
                    {"AttributeName": "id", "AttributeType": "S"},
                    {"AttributeName": "at", "AttributeType": "N"},
                ],
                "GlobalSecondaryIndexUpdates": [
                    {
                        "Create": {
                            "IndexName": "byAt",
                            "KeySchema": [{"AttributeName": "at", "KeyType": "HASH"}],
                            "Projection": {"ProjectionType": "ALL"},
                        }
                    }
                ],
            },
        ),
    ],
)
def test_a_full_disk_leaves_a_table_as_it_was_set(
    kept: Kept, operation: str, settings: Any
) -> None:
    """A setting that cannot be kept is not in force; rows go in as before."""
    own = {"TableName": "own"}
    row = {"id": {"S": "a"}, "at": {"S": "no number, so no key of the new index"}}
    with kept.run() as store:
        store.call(
            "CreateTable",
            {
                **own,
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        )
        before = described(store, own)
        with full_disk(), pytest.raises(TableError, match="cannot be written"):
            store.call(operation, {**own, **settings})
        assert described(store, own) == before
        store.call("PutItem", {**own, "Item": row})
        store.call(operation, {**own, **settings})
        assert described(store, own) != before


def described(store: TableStore, asked: dict[str, str]) -> list[Any]:
    """Give all that DynamoDB tells of a table's settings."""
    table = store.call("DescribeTable", asked)["Table"]
    assert isinstance(table, dict)
    return [
        {name: value for name, value in table.items() if name != "ItemCount"},
        store.call("DescribeTimeToLive", asked),
    ]


def test_expiry_on_a_full_disk_is_written_down_later(kept: Kept) -> None:
    """Reads go on, without the row; the next write that fits takes it along."""
    with kept.run() as store:
        put(store, {**A, "_ttl": {"N": str(NOW + 60)}})
        kept.clock.advance(120)
        with full_disk():
            assert rows(store) == []
        put(store, B)
    kept.clock = ManualClock(NOW)
    with kept.run() as store:
        assert rows(store) == [B]


def test_the_ledger_is_rewritten_once_it_has_grown(kept: Kept, tmp_path: Path) -> None:
    """A row written a hundred times is there once."""
    file = tmp_path / "state" / "tables.jsonl"
    with kept.run() as store:
        for number in range(100):
            put(store, {**A, "n": {"N": str(number)}})
        grown = file.stat().st_size
        store.tidy()
        assert file.stat().st_size < grown / 5
        put(store, B)
    with kept.run() as store:
        assert rows(store) == [{**A, "n": {"N": "99"}}, B]


def test_a_snapshot_brings_everything_back(kept: Kept) -> None:
    """Rows, tables of the app, and after a restart as well."""
    with kept.run() as store:
        put(store, A)
        saved = store.describe_all()
        put(store, B)
        assert store.restore(saved) == ()
        assert rows(store) == [A]
    with kept.run() as store:
        assert rows(store) == [A]


def test_a_snapshot_of_other_tables_says_what_does_not_fit(
    kept: Kept, make_project: MakeProject
) -> None:
    """Tables that are new have their seeds; what is not declared is left out."""
    with kept.run(SESSIONS, CATS) as store:
        put(store, A, CATS_TABLE)
        saved = store.describe_all()
        other = replace(SESSIONS, partition_key=Key(attribute="id"))
        store.apply(make_project(other))

        notices = store.restore(saved)

        assert [notice.split('"')[1] for notice in notices] == [
            "demo-staging-sessions",
            "demo-production-sessions",
            "demo-staging-cats",
        ]
        assert rows(store) == []
