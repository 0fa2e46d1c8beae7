"""The app's DynamoDB: tables of a project, atomic operations, expiry, reset."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from moto.dynamodb.models.dynamo_type import Item

from sandbox.clock import ManualClock
from sandbox.errors import SeedError
from sandbox.project.model import Index, Key, Project, Table
from sandbox.tables.errors import TableError
from sandbox.tables.expiry import ExpiryPolicy
from sandbox.tables.store import TableStore

MakeProject = Callable[..., Project]

SESSIONS = Table(
    name="sessions", partition_key=Key(attribute="_idx"), ttl_attribute="_ttl"
)
TABLE = "demo-staging-sessions"
NOW = 1_700_000_000
A = {"_idx": {"S": "a"}}


def put(store: TableStore, key: str, table: str = TABLE, **attributes: Any) -> None:
    """Put a row of the table `sessions`."""
    store.call(
        "PutItem", {"TableName": table, "Item": {"_idx": {"S": key}, **attributes}}
    )


def get(store: TableStore, key: str, table: str = TABLE) -> Any:
    """Give a row of the table `sessions`, or None."""
    request = {"TableName": table, "Key": {"_idx": {"S": key}}}
    return store.call("GetItem", request).get("Item")


def keys(store: TableStore) -> list[str]:
    """Give the keys of all rows of the table `sessions`."""
    return [row["_idx"]["S"] for row in store.export()[TABLE]]  # type: ignore[call-overload,index]


# Tables of a project


def test_tables_of_both_stages_are_there(store: TableStore) -> None:
    """Each table has its two physical names, and its TTL attribute is on."""
    assert store.call("ListTables", {})["TableNames"] == [
        "demo-staging-sessions",
        "demo-production-sessions",
        "demo-staging-notes",
        "demo-production-notes",
    ]
    ttl = store.call("DescribeTimeToLive", {"TableName": TABLE})
    assert ttl["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "_ttl",
    }


def test_an_edited_manifest_keeps_the_rows_of_tables_that_stay(
    store: TableStore, make_project: MakeProject
) -> None:
    """Other tables come and go; a new index finds rows that were there before."""
    put(store, "a", mail={"S": "x@y"})
    by_mail = Index(
        table="sessions", name="by-mail", partition_key=Key(attribute="mail")
    )
    notices = store.apply(make_project(replace(SESSIONS, indexes=(by_mail,))))

    assert notices == ()
    assert get(store, "a") == {**A, "mail": {"S": "x@y"}}
    found = store.call(
        "Query",
        {
            "TableName": TABLE,
            "IndexName": "by-mail",
            "KeyConditionExpression": "mail = :m",
            "ExpressionAttributeValues": {":m": {"S": "x@y"}},
        },
    )
    assert found["Count"] == 1
    with pytest.raises(TableError, match="ResourceNotFoundException"):
        store.call("DescribeTable", {"TableName": "demo-staging-notes"})


def test_new_keys_empty_a_table_and_say_so(
    store: TableStore, make_project: MakeProject
) -> None:
    """Rows that fit no longer do not linger."""
    put(store, "a")
    other = replace(SESSIONS, partition_key=Key(attribute="id"))

    notices = store.apply(make_project(other))

    assert ["sessions" in notice for notice in notices] == [True]
    assert store.export()[TABLE] == ()


def test_seeds_go_into_new_staging_tables_only(
    store: TableStore, make_project: MakeProject
) -> None:
    """A table that has rows of its own is not seeded again."""
    asked: list[str] = []
    cats = replace(SESSIONS, name="cats")

    def seeds() -> Any:
        asked.append("seeds")
        return {"cats": [A], "sessions": [A]}

    store.apply(make_project(SESSIONS, cats), seeds=seeds)
    store.apply(make_project(SESSIONS, cats), seeds=seeds)

    assert asked == ["seeds"]
    assert get(store, "a", "demo-staging-cats") == A
    assert get(store, "a", "demo-production-cats") is None
    assert get(store, "a") is None


def test_a_refused_seed_leaves_no_half_made_table(
    store: TableStore, make_project: MakeProject
) -> None:
    """The next attempt, with a mended seed file, makes and fills the table."""
    cats = replace(SESSIONS, name="cats")
    project = make_project(SESSIONS, cats)

    with pytest.raises(SeedError, match='seed row 2 of table "cats"'):
        store.apply(project, seeds=lambda: {"cats": [A, {"x": {"S": "no key"}}]})
    assert "demo-staging-cats" not in store.export()
    store.apply(project, seeds=lambda: {"cats": [A]})

    assert get(store, "a", "demo-staging-cats") == A


# Operations


def test_two_stores_do_not_see_each_other(
    store: TableStore, clock: ManualClock, make_project: MakeProject
) -> None:
    """Two sandboxes in one process have each their own rows, under the same names."""
    other = TableStore(clock=clock)
    other.apply(make_project())
    put(store, "a")

    assert get(other, "a") is None
    assert other.account_id != store.account_id
    other.close()


def test_whoever_follows_hears_of_each_change(
    clock: ManualClock, make_project: MakeProject
) -> None:
    """Tables, rows, what expires and what is reset; and of nothing that is read."""
    heard: list[str] = []
    doing = "making"
    store = TableStore(clock=clock, on_change=lambda: heard.append(doing))
    store.apply(make_project())
    doing = "writing"
    put(store, "a", _ttl={"N": str(NOW + 60)})
    doing = "reading"
    assert get(store, "a") is not None
    store.expire()
    doing = "expiring"
    clock.advance(60)
    store.expire()
    doing = "resetting"
    store.reset()

    assert heard == ["making", "writing", "expiring", "resetting"]
    store.close()


def test_counting_from_many_threads_loses_nothing(store: TableStore) -> None:
    """An update reads and writes as one."""
    request = {
        "TableName": TABLE,
        "Key": A,
        "UpdateExpression": "ADD visits :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: store.call("UpdateItem", request), range(100)))

    assert get(store, "a")["visits"] == {"N": "100"}


def test_a_transaction_that_is_repeated_is_carried_out_once(
    store: TableStore, clock: ManualClock
) -> None:
    """For ten minutes a token stands for its request; then it is new again."""
    visit = {
        "TableName": TABLE,
        "Key": A,
        "UpdateExpression": "ADD visits :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    items = {"TransactItems": [{"Update": visit}]}
    named: dict[str, object] = {**items, "ClientRequestToken": "order-7"}
    for _ in range(2):
        store.call("TransactWriteItems", named)
        store.call("TransactWriteItems", items)
    counts = [get(store, "a")["visits"]["N"]]
    other = {"TransactItems": [{"Delete": {"TableName": TABLE, "Key": A}}]}
    with pytest.raises(TableError, match=r"^IdempotentParameterMismatchException: "):
        store.call("TransactWriteItems", {**named, **other})
    clock.advance(601)
    store.call("TransactWriteItems", named)
    counts.append(get(store, "a")["visits"]["N"])
    store.reset()
    store.call("TransactWriteItems", named)
    counts.append(get(store, "a")["visits"]["N"])

    assert counts == ["3", "4", "1"]


def test_a_transaction_that_failed_may_be_tried_again(store: TableStore) -> None:
    """Its token stands for what was carried out alone."""
    put_a = {
        "TableName": TABLE,
        "Item": A,
        "ConditionExpression": "attribute_exists(#i)",
        "ExpressionAttributeNames": {"#i": "_idx"},
    }
    named = {"TransactItems": [{"Put": put_a}], "ClientRequestToken": "order-8"}
    with pytest.raises(TableError, match=r"^TransactionCanceledException: "):
        store.call("TransactWriteItems", named)
    put(store, "a", owner={"N": "1"})
    store.call("TransactWriteItems", named)

    assert get(store, "a") == A


def test_a_transaction_of_statements_has_a_token_too(store: TableStore) -> None:
    """What it writes is written once; what it reads is read each time."""
    put(store, "a", visits={"N": "0"})
    where = "WHERE _idx = 'a'"
    for statement, token in (
        (f'UPDATE "{TABLE}" SET visits = visits + 1 {where}', "order-9"),
        (f'SELECT visits FROM "{TABLE}" {where}', "order-10"),
    ):
        named = {
            "TransactStatements": [{"Statement": statement}],
            "ClientRequestToken": token,
        }
        answers = [store.call("ExecuteTransaction", named) for _ in range(2)]

    assert answers == [{"Responses": [{"Item": {"visits": {"N": "1"}}}]}] * 2


def test_only_one_of_many_conditional_puts_succeeds(store: TableStore) -> None:
    """A condition is checked and its item written as one."""

    def claim(number: int) -> bool:
        request = {
            "TableName": TABLE,
            "Item": {**A, "owner": {"N": str(number)}},
            "ConditionExpression": "attribute_not_exists(#i)",
            "ExpressionAttributeNames": {"#i": "_idx"},
        }
        try:
            store.call("PutItem", request)
        except TableError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(claim, range(50))) == 1


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        (
            "UpdateItem",
            {
                "TableName": TABLE,
                "Key": A,
                "UpdateExpression": "SET fresh = :one ADD word :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            },
        ),
        (
            "BatchWriteItem",
            {
                "RequestItems": {
                    TABLE: [
                        {"PutRequest": {"Item": {"_idx": {"S": "b"}}}},
                        {"PutRequest": {"Item": {"_idx": {"N": "1"}}}},
                    ]
                }
            },
        ),
        (
            "TransactWriteItems",
            {
                "TransactItems": [
                    {"Delete": {"TableName": TABLE, "Key": A}},
                    {"Put": {"TableName": TABLE, "Item": {"_idx": {"S": "b"}}}},
                    {
                        "ConditionCheck": {
                            "TableName": TABLE,
                            "Key": {"_idx": {"S": "c"}},
                            "ConditionExpression": "attribute_exists(word)",
                        }
                    },
                ]
            },
        ),
    ],
)
def test_an_operation_that_fails_half_way_changes_nothing(
    store: TableStore, clock: ManualClock, operation: str, request_: dict[str, Any]
) -> None:
    """What was done before the failure is undone, in the rows and in their expiry."""
    row = {"word": {"S": "old"}, "_ttl": {"N": str(NOW + 60)}}
    put(store, "a", **row)

    with pytest.raises(TableError):
        store.call(operation, request_)

    assert store.export()[TABLE] == ({**A, **row},)
    clock.advance(60)
    assert store.expire() == 1


def test_a_request_is_not_kept_by_reference(store: TableStore) -> None:
    """Whoever goes on using a dictionary does not change the stored row."""
    words = {"SS": ["x"]}
    put(store, "a", words=words)
    words["SS"].append("y")
    get(store, "a")["words"]["SS"].append("z")

    assert get(store, "a")["words"] == {"SS": ["x"]}


# Expiry


def test_a_due_item_is_gone_at_the_next_read(
    store: TableStore, clock: ManualClock
) -> None:
    """Nobody has to sweep between the clock's move and the read."""
    put(store, "a", _ttl={"N": str(NOW + 60)})
    put(store, "b", _ttl={"N": str(NOW + 61)})
    put(store, "c")
    clock.advance(60)

    assert get(store, "a") is None
    assert keys(store) == ["b", "c"]


def test_expire_deletes_what_is_due(store: TableStore, clock: ManualClock) -> None:
    """Each item once, as soon as its time has come."""
    put(store, "a", _ttl={"N": str(NOW + 60)})
    put(store, "b")

    clock.advance(59)
    assert store.expire() == 0
    clock.advance(1)
    assert store.expire() == 1
    assert store.expire() == 0
    assert keys(store) == ["b"]


def test_the_time_is_read_while_nothing_else_is_done(
    store: TableStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a clock that is moved back meanwhile would leave rows to delete too early."""
    could_be_done: list[bool] = []

    def now_epoch() -> float:
        lock = store._lock  # noqa: SLF001 - nothing else shows who waits
        with ThreadPoolExecutor() as threads:
            could_be_done.append(threads.submit(lock.acquire, blocking=False).result())
        return NOW

    monkeypatch.setattr(clock, "now_epoch", now_epoch)
    store.expire()

    assert could_be_done == [False]


def test_a_session_that_is_written_again_lives_longer(
    store: TableStore, clock: ManualClock
) -> None:
    """The expiry time that was written last counts, by any operation."""
    put(store, "a", _ttl={"N": str(NOW + 60)})
    store.call(
        "UpdateItem",
        {
            "TableName": TABLE,
            "Key": A,
            "UpdateExpression": "SET #t = :later",
            "ExpressionAttributeNames": {"#t": "_ttl"},
            "ExpressionAttributeValues": {":later": {"N": str(NOW + 120)}},
        },
    )
    clock.advance(119)
    assert get(store, "a") is not None
    clock.advance(1)
    assert get(store, "a") is None


def test_five_years_past_does_not_expire(store: TableStore) -> None:
    """DynamoDB leaves such an item alone, so that an old mistake deletes nothing."""
    put(store, "a", _ttl={"N": str(NOW - 6 * 365 * 86_400)})

    assert keys(store) == ["a"]


def test_a_jump_of_ten_years_expires_what_would_have_expired(
    store: TableStore, clock: ManualClock
) -> None:
    """The five years count from the write: time does not jump in AWS."""
    put(store, "a", _ttl={"N": str(NOW + 60)})
    clock.advance(10 * 365 * 86_400)

    assert get(store, "a") is None


def test_a_policy_adds_attributes_and_lag(
    store: TableStore, clock: ManualClock, make_project: MakeProject
) -> None:
    """A promised attribute expires items too, and a lag leaves them readable."""
    project = make_project(replace(SESSIONS, ttl_attribute="ttl"))
    policy = ExpiryPolicy(lag_seconds=30, extra_attributes={"sessions": ("_ttl",)})
    put(store, "old", _ttl={"N": str(NOW + 60)})
    store.apply(project, policy=policy)
    put(store, "new", ttl={"N": str(NOW + 50)})

    clock.advance(89)
    assert keys(store) == ["old"]
    clock.advance(1)
    assert keys(store) == []


def test_ttl_that_a_client_turns_off_expires_nothing(
    store: TableStore, clock: ManualClock
) -> None:
    """UpdateTimeToLive counts for the rows that are there."""
    put(store, "a", _ttl={"N": str(NOW + 60)})
    off = {"AttributeName": "_ttl", "Enabled": False}
    store.call("UpdateTimeToLive", {"TableName": TABLE, "TimeToLiveSpecification": off})
    clock.advance(3600)

    assert keys(store) == ["a"]


def test_a_dropped_table_takes_its_deadlines_along(
    store: TableStore, clock: ManualClock
) -> None:
    """Expiry does not look for rows of a table that is gone."""
    put(store, "a", _ttl={"N": str(NOW + 60)})
    store.call("DeleteTable", {"TableName": TABLE})
    clock.advance(60)

    assert store.expire() == 0


# All rows at once


def test_reset_brings_back_the_seeds(
    clock: ManualClock, make_project: MakeProject
) -> None:
    """Whatever was written, deleted, dropped or created is undone."""
    store = TableStore(clock=clock)
    store.apply(make_project(), seeds=lambda: {"sessions": [{**A, "n": {"N": "1"}}]})
    put(store, "a", n={"N": "2"})
    put(store, "b")
    store.call("DeleteTable", {"TableName": "demo-staging-notes"})
    table = {
        "TableName": "extra",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    }
    store.call("CreateTable", table)

    store.reset()
    store.call(
        "UpdateItem", {"TableName": TABLE, "Key": A, "UpdateExpression": "REMOVE n"}
    )
    store.reset()

    assert store.export() == {
        TABLE: ({**A, "n": {"N": "1"}},),
        "demo-production-sessions": (),
        "demo-staging-notes": (),
        "demo-production-notes": (),
    }
    store.close()


def test_close_may_be_called_twice(store: TableStore) -> None:
    """After it there are no tables."""
    store.close()
    store.close()

    assert store.export() == {}


def test_rows_of_a_sorted_table_come_in_order_after_writes(store: TableStore) -> None:
    """The order of keys follows inserts, replacements and deletions between scans."""
    table = "demo-staging-notes"
    scan = {
        "TableName": table,
        "ProjectionExpression": "#n",
        "ExpressionAttributeNames": {"#n": "number"},
    }

    def numbers() -> list[int]:
        rows: Any = store.call("Scan", scan)["Items"]
        return [int(row["number"]["N"]) for row in rows]

    def row(number: int) -> dict[str, Any]:
        return {"owner": {"S": "x"}, "number": {"N": str(number)}}

    for number in (10, 9, 100):
        store.call("PutItem", {"TableName": table, "Item": row(number)})
    assert numbers() == [9, 10, 100]
    store.call("PutItem", {"TableName": table, "Item": row(50)})
    store.call("PutItem", {"TableName": table, "Item": row(10)})
    store.call("DeleteItem", {"TableName": table, "Key": row(9)})
    assert numbers() == [10, 50, 100]


def test_an_index_follows_changes_of_its_attribute(store: TableStore) -> None:
    """A row is found under its new value, no longer under the old, or not at all."""
    table = "demo-staging-notes"
    key = {"owner": {"S": "x"}, "number": {"N": "1"}}

    def tagged(tag: str) -> Any:
        return store.call(
            "Query",
            {
                "TableName": table,
                "IndexName": "by-tag",
                "KeyConditionExpression": "tag = :t",
                "ExpressionAttributeValues": {":t": {"S": tag}},
            },
        )["Count"]

    store.call("PutItem", {"TableName": table, "Item": {**key, "tag": {"S": "red"}}})
    assert (tagged("red"), tagged("blue")) == (1, 0)
    store.call("PutItem", {"TableName": table, "Item": {**key, "tag": {"S": "blue"}}})
    assert (tagged("red"), tagged("blue")) == (0, 1)
    store.call("DeleteItem", {"TableName": table, "Key": key})
    assert (tagged("red"), tagged("blue")) == (0, 0)


def test_moto_keeps_no_list_of_the_items(store: TableStore) -> None:
    """A long-running sandbox does not remember every item it ever read."""
    before = len(Item.instances_tracked)
    for number in range(20):
        put(store, str(number))
    store.call("Scan", {"TableName": TABLE})

    assert len(Item.instances_tracked) == before
