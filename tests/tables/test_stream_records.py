"""What DynamoDB Streams has of each change of an item."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from sandbox.clock import ManualClock
from sandbox.project.model import Key, Project, Table
from sandbox.tables.errors import TableError
from sandbox.tables.store import TableStore
from sandbox.tables.stored_table import Change
from sandbox.tables.stream_records import stream_record

NOW = 1_700_000_000
TABLE = "demo-staging-notes"
NOTES = Table(
    name="notes",
    partition_key=Key(attribute="owner"),
    sort_key=Key(attribute="at", type="Number"),
    ttl_attribute="until",
)
KEY = {"owner": {"S": "Ada"}, "at": {"N": "1"}}


class Records:
    """Hears a store's changes, and keeps the records of them."""

    def __init__(self) -> None:
        self.found: list[Any] = []

    def follow(self, changes: Iterable[Change], *, is_expiry: bool) -> None:
        """Make the records, as whoever streams them does."""
        self.found += (
            stream_record(
                change, region="eu-west-1", now_epoch=NOW, number=7, is_expiry=is_expiry
            )
            for change in changes
        )


@pytest.fixture
def records() -> Records:
    """What is streamed of the store."""
    return Records()


@pytest.fixture
def notes(
    clock: ManualClock, make_project: Callable[..., Project], records: Records
) -> Iterator[TableStore]:
    """A store with a table of notes."""
    store = TableStore(clock=clock, account_id="123456789012", on_items=records.follow)
    store.apply(make_project(NOTES))
    yield store
    store.close()


def put(store: TableStore, **attributes: Any) -> None:
    item = {**KEY, **attributes}
    store.call("PutItem", {"TableName": TABLE, "Item": item})


def test_a_record_has_keys_and_both_images(notes: TableStore, records: Records) -> None:
    """Of an item that is new, changed and gone, in Lambda's shape."""
    put(notes, text={"S": "one"})
    put(notes, text={"S": "two"})
    notes.call("DeleteItem", {"TableName": TABLE, "Key": KEY})

    one, two = {**KEY, "text": {"S": "one"}}, {**KEY, "text": {"S": "two"}}
    assert [record["eventName"] for record in records.found] == [
        "INSERT",
        "MODIFY",
        "REMOVE",
    ]
    assert [record["dynamodb"].get("NewImage") for record in records.found] == [
        one,
        two,
        None,
    ]
    assert [record["dynamodb"].get("OldImage") for record in records.found] == [
        None,
        one,
        two,
    ]
    changed = records.found[1]
    assert changed["dynamodb"]["Keys"] == KEY
    assert changed["dynamodb"]["SizeBytes"] == 2 * len("ownerAdaat12textone")
    assert changed["dynamodb"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert changed["dynamodb"]["SequenceNumber"] == "100000000000000000007"
    assert changed["dynamodb"]["ApproximateCreationDateTime"] == NOW
    assert "userIdentity" not in changed
    assert {**changed, "dynamodb": None} == {
        "eventID": "00000000000000000000000000000007",
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": None,
        "eventSourceARN": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{TABLE}"
        "/stream/2020-01-01T00:00:00.000",
    }


def test_a_write_that_changes_nothing_has_no_record(
    notes: TableStore, records: Records
) -> None:
    """As in DynamoDB Streams; nor has one that is refused, or what is read."""
    put(notes, text={"S": "one"})
    put(notes, text={"S": "one"})
    notes.call("GetItem", {"TableName": TABLE, "Key": KEY})
    with pytest.raises(TableError):
        notes.call("PutItem", {"TableName": TABLE, "Item": {"owner": {"S": "x"}}})

    first, second = records.found
    assert first["eventName"] == "INSERT"
    assert second is None


def test_a_record_says_that_an_item_has_expired(
    notes: TableStore, records: Records, clock: ManualClock
) -> None:
    """By the service that has deleted it."""
    put(notes, until={"N": str(int(clock.now_epoch()) + 60)})
    clock.advance(61)
    notes.expire()

    _, expired = records.found
    assert expired["eventName"] == "REMOVE"
    assert expired["userIdentity"] == {
        "type": "Service",
        "principalId": "dynamodb.amazonaws.com",
    }


def test_seeds_and_resets_have_no_records(notes: TableStore, records: Records) -> None:
    """They are no operations of the app."""
    put(notes)
    notes.reset()

    assert len(records.found) == 1
