"""Orders of items that follow the changes."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from moto.dynamodb.models.dynamo_type import DynamoType

from sandbox.tables.engine import Engine
from sandbox.tables.orders import Item, KeyOrder, PartitionOrders, Sorting

SORTING = Sorting(("owner",), ("rank", "id"))


def item(number: int, rank: int) -> Item:
    """Give an item of an index that is sorted by rank, then by the table's key."""
    key = {"S": f"i{number:03}"}
    return Item(DynamoType(key), None, {"id": key, "rank": {"N": str(rank)}})


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(-9, 12) | st.none())))
def test_an_order_follows_every_change(changes: list[tuple[int, int | None]]) -> None:
    """Items come, go, and move to another place, whenever somebody asks."""
    held = {number: item(number, number) for number in range(10)}
    order = KeyOrder(held.values(), SORTING.of)
    order.items()

    for number, rank in changes:
        before = held.pop(number, None)
        after = None if rank is None else item(number, rank)
        if after is not None:
            held[number] = after
        order.follow(before, after)
        if number % 2:
            assert order.items() == sorted(held.values(), key=SORTING.of)

    assert order.items() == sorted(held.values(), key=SORTING.of)


def test_an_order_that_many_changes_pass_is_made_anew() -> None:
    """Nobody asked for it meanwhile."""
    held = {0: item(0, 0)}
    order = KeyOrder(held.values(), SORTING.of)
    order.items()

    for rank in range(3000):
        before, held[0] = held[0], item(0, rank)
        order.follow(before, held[0])

    assert order.items() == [held[0]]


def test_a_partition_that_is_forgotten_is_sorted_anew() -> None:
    """What came under its key since counts."""
    orders = PartitionOrders(SORTING)
    key = DynamoType({"S": "p"})
    many = [item(number, -number) for number in range(100)]

    assert orders.items(key, many) == many[::-1]
    orders.forget(key)
    assert orders.items(key, many[:99]) == many[98::-1]


def on_ranks(**members: Any) -> dict[str, Any]:
    """Give a request that names the table `ranks`."""
    return {"TableName": "ranks", **members}


def pages(engine: Engine, **asked: Any) -> list[str]:
    """Give the ids that a query gives page after page."""
    found: list[str] = []
    request = on_ranks(**asked)
    while True:
        page: Any = engine.call("Query", request)[0]
        found += [row["id"]["S"] for row in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return found
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def test_a_large_partition_is_paged_in_order_after_changes() -> None:
    """In the table and in an index, forward and back; so many that orders are kept."""
    engine = Engine(region="us-west-2", account_id="111122223333")
    types = {"owner": "S", "id": "S", "rank": "N"}
    index_keys = {"owner": "HASH", "rank": "RANGE"}
    engine.call(
        "CreateTable",
        on_ranks(
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in types.items()
            ],
            KeySchema=[
                {"AttributeName": "owner", "KeyType": "HASH"},
                {"AttributeName": "id", "KeyType": "RANGE"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-rank",
                    "KeySchema": [
                        {"AttributeName": name, "KeyType": kind}
                        for name, kind in index_keys.items()
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        ),
    )
    ranks = {f"i{number:03}": number * 37 % 50 for number in range(100)}

    def put(name: str, rank: int) -> None:
        row = {"owner": {"S": "ann"}, "id": {"S": name}, "rank": {"N": str(rank)}}
        engine.call("PutItem", on_ranks(Item=row))

    def asked(**members: Any) -> dict[str, Any]:
        return {
            "KeyConditionExpression": "#o = :o",
            "ExpressionAttributeNames": {"#o": "owner"},
            "ExpressionAttributeValues": {":o": {"S": "ann"}},
            "Limit": 7,
            **members,
        }

    for name, rank in ranks.items():
        put(name, rank)
    pages(engine, **asked())
    pages(engine, **asked(IndexName="by-rank"))
    for name in ("i003", "i050", "new"):
        ranks[name] = 99 - ranks.get(name, 0)
        put(name, ranks[name])
    for name in ("i000", "i099"):
        del ranks[name]
        key = {"owner": {"S": "ann"}, "id": {"S": name}}
        engine.call("DeleteItem", on_ranks(Key=key))

    by_rank = sorted(ranks, key=lambda name: (ranks[name], name))
    assert pages(engine, **asked()) == sorted(ranks)
    assert pages(engine, **asked(ScanIndexForward=False)) == sorted(ranks)[::-1]
    assert pages(engine, **asked(IndexName="by-rank")) == by_rank
    backward = asked(IndexName="by-rank", ScanIndexForward=False)
    assert pages(engine, **backward) == by_rank[::-1]
