"""Takes a transaction, finds what DynamoDB refuses of it before it begins.

The words are DynamoDB's (API Reference, "TransactWriteItems", "TransactGetItems" and
"TransactionCanceledException").
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sandbox.json_value import JsonValue
from sandbox.tables.errors import TableError, validation_error
from sandbox.tables.item_checks import TypesOf, check_key, check_table_keys

Action: TypeAlias = Mapping[str, Mapping[str, Any]]
"""What is to be done, by its name: `{"Put": {…}}`."""


def check_transaction(actions: Sequence[Action], types_of: TypesOf) -> None:
    """Look through the actions of a transaction.

    Args:
        actions: as `shapes` has read them.
        types_of: gives the keys of a table.

    Raises:
        TableError: DynamoDB would refuse them; where a key does not fit, the
            transaction is cancelled, with its reasons.
    """
    if any(len(action) != 1 for action in actions):
        raise validation_error(
            "TransactItems can only contain one of Check, Put, Update or Delete"
        )
    asked = [one for action in actions for one in action.values()]
    if any(types_of(one["TableName"]) is None for one in asked):
        message = "Requested resource not found"
        raise TableError("ResourceNotFoundException", message)
    wrong = [_wrong(one, types_of(one["TableName"]) or {}) for one in asked]
    if any(wrong):
        raise _cancelled(wrong)
    keys = [(one["TableName"], _key(one, types_of)) for one in asked]
    if any(key in keys[:place] for place, key in enumerate(keys)):
        raise validation_error(
            "Transaction request cannot include multiple operations on one item"
        )


def _wrong(asked: Mapping[str, Any], types: Mapping[str, str]) -> str:
    """Say what is wrong with the key of an action; nothing, mostly."""
    try:
        if "Item" in asked:
            check_table_keys(types.items(), asked["Item"])
        else:
            check_key(types, asked["Key"])
    except TableError as error:
        return error.message
    return ""


def _key(asked: Mapping[str, Any], types_of: TypesOf) -> list[Any]:
    values = asked["Item"] if "Item" in asked else asked["Key"]
    return [values[name] for name in types_of(asked["TableName"]) or ()]


def _cancelled(wrong: Sequence[str]) -> TableError:
    """Word what is wrong, an action each, as a transaction does."""
    reasons: list[JsonValue] = [
        {"Code": "ValidationError", "Message": one} if one else {"Code": "None"}
        for one in wrong
    ]
    codes = ", ".join("ValidationError" if one else "None" for one in wrong)
    return TableError(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific "
        f"reasons [{codes}]",
        details={"CancellationReasons": reasons},
    )
