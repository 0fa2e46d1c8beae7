"""How DynamoDB says no: a code, a message, an HTTP status and sometimes details.

It is an answer to a client, never shown to a developer as an error of the sandbox, so
it stands outside the tree of `sandbox.errors`.
"""

from collections.abc import Mapping, Sequence

from sandbox.json_value import JsonValue

_NAMESPACES = {
    "ValidationException": "com.amazon.coral.validate",
    "SerializationException": "com.amazon.coral.service",
    "UnknownOperationException": "com.amazon.coral.service",
    "InternalServerError": "com.amazon.coral.service",
}
_DYNAMODB = "com.amazonaws.dynamodb.v20120810"


class TableError(Exception):
    """One of DynamoDB's own errors (API Reference, "Error messages and codes").

    Args:
        code: such as `ConditionalCheckFailedException`, without a namespace.
        message: as DynamoDB words it, where its wording is known.
        status: the HTTP status; 400 for whatever the client can mend.
        details: further members of the body: `Item`, `CancellationReasons`.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        details: Mapping[str, JsonValue] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.details = details or {}

    def body(self) -> dict[str, JsonValue]:
        """Give the JSON body, its `__type` with the namespace that AWS sends."""
        namespace = _NAMESPACES.get(self.code, _DYNAMODB)
        return {
            "__type": f"{namespace}#{self.code}",
            "message": self.message,
            **self.details,
        }


def validation_error(message: str) -> TableError:
    """Give the error for a request that is JSON, but not one DynamoDB takes."""
    return TableError("ValidationException", message)


def invalid_parameter(what: str) -> TableError:
    """Give the error for a parameter that does not fit; `what` says which, and why."""
    return validation_error(f"One or more parameter values were invalid: {what}")


def cancelled_error(reasons: Sequence[Mapping[str, JsonValue]]) -> TableError:
    """Give the error of a transaction from its reasons, one an action."""
    codes = ", ".join(str(reason["Code"]) for reason in reasons)
    return TableError(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific "
        f"reasons [{codes}]",
        details={"CancellationReasons": list(reasons)},
    )


def no_table_error() -> TableError:
    """Give the error for a request of a table that is not there."""
    return TableError("ResourceNotFoundException", "Requested resource not found")


def serialization_error(message: str) -> TableError:
    """Give the error for a request whose JSON has a value of the wrong type."""
    return TableError("SerializationException", message)
