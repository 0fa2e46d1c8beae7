"""A change of an item → the record that DynamoDB Streams has of it.

The shape is that of AWS Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB"
(keys, new and old image); what expired is marked as in DynamoDB Developer Guide,
"DynamoDB Streams and Time to Live".
"""

from sandbox.json_value import JsonValue
from sandbox.tables.lookups import attributes_of, size_of
from sandbox.tables.stored_table import Change

_EXPIRED: JsonValue = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
_FIRST_NUMBER = 10**20
"""Sequence numbers have 21 digits and more."""


def stream_record(
    change: Change, *, region: str, now_epoch: float, number: int, is_expiry: bool
) -> dict[str, JsonValue] | None:
    """Give the record of a change; None where nothing is other than it was.

    Args:
        change: what an operation has done to one item.
        region: an AWS region, such as `us-west-2`.
        now_epoch: seconds since 1970.
        number: counts the records of an app.
        is_expiry: DynamoDB has deleted the item, as its time was over.
    """
    before, after = change.before, change.after
    old = None if before is None else attributes_of(before)
    new = None if after is None else attributes_of(after)
    if old == new:
        return None
    present = new or old or {}
    images: dict[str, JsonValue] = {"Keys": _keys_of(change, present)}
    if new is not None:
        images["NewImage"] = new
    if old is not None:
        images["OldImage"] = old
    table = change.table
    arn = f"arn:aws:dynamodb:{region}:{table.account_id}:table/{table.name}"
    record: dict[str, JsonValue] = {
        "eventID": f"{number:032x}",
        "eventName": "REMOVE" if new is None else "INSERT" if old is None else "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": region,
        "dynamodb": {
            "ApproximateCreationDateTime": int(now_epoch),
            **images,
            "SequenceNumber": str(_FIRST_NUMBER + number),
            "SizeBytes": sum(size_of(item) for item in (before, after) if item),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": f"{arn}/stream/2020-01-01T00:00:00.000",
    }
    if is_expiry:
        record["userIdentity"] = _EXPIRED
    return record


def _keys_of(change: Change, attributes: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: attributes[name] for name in change.table.table_key_attrs}
