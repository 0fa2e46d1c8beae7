"""Takes a `Table` of the manifest, gives the requests that make it in DynamoDB.

The requests are DynamoDB's own `CreateTable` and `UpdateTimeToLive` (API Reference).
Architect deploys every table as PAY_PER_REQUEST, one table a stage.
"""

from typing import NotRequired, TypedDict

from sandbox.project.model import Index, Key, KeyType, Table
from sandbox.tables.key_schema import KeyTypes

_ATTRIBUTE_TYPES: dict[KeyType, str] = {"String": "S", "Number": "N"}


class KeyElement(TypedDict):
    """A key attribute and the part it plays, `HASH` or `RANGE`."""

    AttributeName: str
    KeyType: str


class AttributeDefinition(TypedDict):
    """A key attribute and its type, `S` or `N`."""

    AttributeName: str
    AttributeType: str


class Projection(TypedDict):
    """What an index copies of each item."""

    ProjectionType: str
    NonKeyAttributes: NotRequired[list[str]]


class SecondaryIndex(TypedDict):
    """A global secondary index, as CreateTable takes it."""

    IndexName: str
    KeySchema: list[KeyElement]
    Projection: Projection


class CreateTable(TypedDict):
    """DynamoDB's CreateTable request, as far as Architect uses it."""

    TableName: str
    AttributeDefinitions: list[AttributeDefinition]
    KeySchema: list[KeyElement]
    BillingMode: str
    GlobalSecondaryIndexes: NotRequired[list[SecondaryIndex]]


class TimeToLiveSpecification(TypedDict):
    """Which attribute says when an item expires, and whether that counts."""

    AttributeName: str
    Enabled: bool


class UpdateTimeToLive(TypedDict):
    """DynamoDB's UpdateTimeToLive request."""

    TableName: str
    TimeToLiveSpecification: TimeToLiveSpecification


def create_table(table: Table, *, physical_name: str) -> CreateTable:
    """Give the CreateTable request for `table`, indexes and projections included."""
    request: CreateTable = {
        "TableName": physical_name,
        "AttributeDefinitions": _attribute_definitions(table),
        "KeySchema": _key_schema(table.partition_key, table.sort_key),
        "BillingMode": "PAY_PER_REQUEST",
    }
    if table.indexes:
        request["GlobalSecondaryIndexes"] = [_index(index) for index in table.indexes]
    return request


def update_ttl(table: Table, *, physical_name: str) -> UpdateTimeToLive | None:
    """Give the request that turns TTL on, or None where the table declares none."""
    if table.ttl_attribute is None:
        return None
    return {
        "TableName": physical_name,
        "TimeToLiveSpecification": {
            "AttributeName": table.ttl_attribute,
            "Enabled": True,
        },
    }


def typed_keys(request: CreateTable) -> KeyTypes:
    """Give the key attributes with their types, the partition key first."""
    types = {
        definition["AttributeName"]: definition["AttributeType"]
        for definition in request["AttributeDefinitions"]
    }
    names = [key["AttributeName"] for key in request["KeySchema"]]
    return tuple((name, types[name]) for name in names)


def _attribute_definitions(table: Table) -> list[AttributeDefinition]:
    """Give each key attribute once; the table's own type wins over an index's."""
    keys = [table.partition_key, table.sort_key]
    for index in table.indexes:
        keys += [index.partition_key, index.sort_key]
    types: dict[str, KeyType] = {}
    for key in keys:
        if key is not None:
            types.setdefault(key.attribute, key.type)
    return [
        {"AttributeName": name, "AttributeType": _ATTRIBUTE_TYPES[key_type]}
        for name, key_type in types.items()
    ]


def _key_schema(partition_key: Key, sort_key: Key | None) -> list[KeyElement]:
    schema: list[KeyElement] = [
        {"AttributeName": partition_key.attribute, "KeyType": "HASH"}
    ]
    if sort_key is not None:
        schema.append({"AttributeName": sort_key.attribute, "KeyType": "RANGE"})
    return schema


def _index(index: Index) -> SecondaryIndex:
    projection: Projection = {"ProjectionType": index.projection}
    if index.projection == "INCLUDE":
        projection["NonKeyAttributes"] = list(index.projected_attributes)
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index.partition_key, index.sort_key),
        "Projection": projection,
    }
