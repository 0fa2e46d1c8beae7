"""Takes the port of a DynamoDB, gives what boto3 needs for an operation on it.

A program of its own, as a handler is; prints medians in milliseconds as JSON.
"""

import argparse
import contextlib
import json
import sys

import boto3

from tests.benchmarks.report import median_ms

_ITEMS = 300
_TABLE = "benchmark-items"


def main() -> None:
    """Measure get, put and query; a null server can only answer a get."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--null", action="store_true", help="only measure a get")
    asked = options.parse_args()
    client = boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{asked.port}",
        region_name="us-west-2",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    if not asked.null:
        _fill(client)
    key = {"owner": {"S": "one"}, "at": {"N": "7"}}
    medians = {
        "get_item": median_ms(lambda: client.get_item(TableName=_TABLE, Key=key))
    }
    if not asked.null:
        item = {**key, "text": {"S": "x" * 100}}
        wanted = {":o": {"S": "one"}}
        medians["put_item"] = median_ms(
            lambda: client.put_item(TableName=_TABLE, Item=item)
        )
        medians["query, 10 of 300"] = median_ms(
            lambda: client.query(
                TableName=_TABLE,
                KeyConditionExpression="#o = :o",
                ExpressionAttributeNames={"#o": "owner"},
                ExpressionAttributeValues=wanted,
                Limit=10,
            )
        )
    json.dump(medians, sys.stdout)


def _fill(client: object) -> None:
    with contextlib.suppress(client.exceptions.ResourceInUseException):
        client.create_table(
            TableName=_TABLE,
            AttributeDefinitions=[
                {"AttributeName": "owner", "AttributeType": "S"},
                {"AttributeName": "at", "AttributeType": "N"},
            ],
            KeySchema=[
                {"AttributeName": "owner", "KeyType": "HASH"},
                {"AttributeName": "at", "KeyType": "RANGE"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
    client.get_waiter("table_exists").wait(TableName=_TABLE)
    for number in range(_ITEMS):
        key = {"owner": {"S": "one"}, "at": {"N": str(number)}}
        client.put_item(TableName=_TABLE, Item={**key, "text": {"S": "x" * 100}})


if __name__ == "__main__":
    main()
