"""Deadlines of several tables, as the store keeps them."""

import pytest

from sandbox.tables.deadlines import Deadlines
from sandbox.tables.engine import Engine
from sandbox.tables.expiry import ExpiryPolicy

NOW = 1_700_000_000.0


@pytest.fixture
def engine() -> Engine:
    """Give an engine with the tables `a` and `b`, which expire by `end`."""
    engine = Engine(region="us-west-2", account_id="111122223333")
    for name in ("a", "b"):
        engine.call(
            "CreateTable",
            {
                "TableName": name,
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            },
        )
        ttl = {"AttributeName": "end", "Enabled": True}
        request = {"TableName": name, "TimeToLiveSpecification": ttl}
        engine.call("UpdateTimeToLive", request)
    return engine


def put(engine: Engine, table: str, key: str, end: int, deadlines: Deadlines) -> None:
    """Put a row that expires `end` seconds from now."""
    item = {"id": {"S": key}, "end": {"N": str(int(NOW) + end)}}
    request = {"TableName": table, "Item": item}
    deadlines.follow(engine.call("PutItem", request)[1])


def test_deadlines_of_several_tables_come_together(engine: Engine) -> None:
    """The next one counts whichever table it is of, and each key is given once."""
    deadlines = Deadlines(now_epoch=lambda: NOW)
    deadlines.watch(engine.tables, logical_names={}, policy=ExpiryPolicy())
    put(engine, "a", "1", 30, deadlines)
    put(engine, "b", "2", 10, deadlines)
    put(engine, "b", "3", 90, deadlines)

    assert deadlines.next_due_epoch == NOW + 10
    assert deadlines.due(NOW + 30) == {"a": (("1", None),), "b": (("2", None),)}
    assert deadlines.due(NOW + 30) == {}
    assert deadlines.next_due_epoch == NOW + 90


def test_rows_that_are_there_are_looked_through_once(engine: Engine) -> None:
    """A table that did not change keeps its deadlines; a new lag makes them anew."""
    writing = Deadlines(now_epoch=lambda: NOW)
    put(engine, "a", "1", 30, writing)
    reads = iter([NOW, NOW])
    deadlines = Deadlines(now_epoch=lambda: next(reads))
    for lag in (0, 0, 60):
        policy = ExpiryPolicy(lag_seconds=lag)
        deadlines.watch(engine.tables, logical_names={}, policy=policy)

    assert deadlines.next_due_epoch == NOW + 90
    assert next(reads, None) is None


def test_a_table_that_is_gone_has_no_deadlines(engine: Engine) -> None:
    """Nor has one whose TTL is off."""
    deadlines = Deadlines(now_epoch=lambda: NOW)
    deadlines.watch(engine.tables, logical_names={}, policy=ExpiryPolicy())
    put(engine, "a", "1", 30, deadlines)
    put(engine, "b", "1", 40, deadlines)
    engine.drop("a")
    engine.disable_ttl("b")
    deadlines.watch(engine.tables, logical_names={}, policy=ExpiryPolicy())

    assert deadlines.next_due_epoch is None
