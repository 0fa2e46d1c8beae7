"""The requests that make tables."""

import pytest

from sandbox.project.model import Index, Key, Table
from sandbox.tables.schema import (
    create_table,
    typed_keys,
    update_ttl,
)

PLAIN = Table(name="cats", partition_key=Key(attribute="id"))


def test_create_table_of_a_plain_table() -> None:
    """A table without indexes is asked for without a list of them."""
    assert create_table(PLAIN, physical_name="demo-staging-cats") == {
        "TableName": "demo-staging-cats",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }


@pytest.mark.parametrize(
    ("projection", "attributes", "expected"),
    [
        ("ALL", (), {"ProjectionType": "ALL"}),
        ("KEYS_ONLY", (), {"ProjectionType": "KEYS_ONLY"}),
        (
            "INCLUDE",
            ("name", "age"),
            {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name", "age"]},
        ),
    ],
)
def test_create_table_keeps_the_projection_of_an_index(
    projection: str, attributes: tuple[str, ...], expected: dict[str, object]
) -> None:
    """An index copies what the manifest says, and each attribute is defined once."""
    table = Table(
        name="cats",
        partition_key=Key(attribute="id"),
        sort_key=Key(attribute="born", type="Number"),
        indexes=(
            Index(
                table="cats",
                name="by-home",
                partition_key=Key(attribute="home"),
                sort_key=Key(attribute="born", type="Number"),
                projection=projection,  # type: ignore[arg-type]
                projected_attributes=attributes,
            ),
        ),
    )

    request = create_table(table, physical_name="t")

    assert request["AttributeDefinitions"] == [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "born", "AttributeType": "N"},
        {"AttributeName": "home", "AttributeType": "S"},
    ]
    assert request["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "by-home",
            "KeySchema": [
                {"AttributeName": "home", "KeyType": "HASH"},
                {"AttributeName": "born", "KeyType": "RANGE"},
            ],
            "Projection": expected,
        }
    ]


def test_update_ttl_turns_on_the_declared_attribute() -> None:
    """TTL is enabled where the manifest declares it, and asked for nowhere else."""
    table = Table(name="s", partition_key=Key(attribute="id"), ttl_attribute="end")

    assert update_ttl(table, physical_name="t") == {
        "TableName": "t",
        "TimeToLiveSpecification": {"AttributeName": "end", "Enabled": True},
    }
    assert update_ttl(PLAIN, physical_name="t") is None


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Table(name="cats", partition_key=Key(attribute="id"), line=9), True),
        (Table(name="cats", partition_key=Key(attribute="name")), False),
        (Table(name="cats", partition_key=Key(attribute="id", type="Number")), False),
        (
            Table(
                name="cats",
                partition_key=Key(attribute="id"),
                sort_key=Key(attribute="born"),
            ),
            False,
        ),
    ],
)
def test_rows_fit_only_the_same_keys(other: Table, *, expected: bool) -> None:
    """Keys count with their types; where the table is declared does not."""
    one, two = (create_table(table, physical_name="t") for table in (PLAIN, other))

    assert (typed_keys(one) == typed_keys(two)) is expected
