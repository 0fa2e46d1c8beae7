"""One operation of a function on tables → what the inspector shows of it."""

from sandbox.inspector.schemas import (
    INTEGER,
    NUMBER,
    TEXT,
    TEXTS,
    Schema,
    object_of,
    or_null,
)
from sandbox.inspector.subject import TableOperation
from sandbox.json_value import JsonValue

OPERATION: Schema = object_of(
    {
        "operation": TEXT,
        "tables": TEXTS,
        "request": or_null(TEXT),
        "status": INTEGER,
        "duration_ms": NUMBER,
    }
)


def operation_json(operation: TableOperation) -> dict[str, JsonValue]:
    """Give an operation on tables as the API shows it."""
    return {
        "operation": operation.operation,
        "tables": operation.tables,
        "request": operation.request,
        "status": operation.status,
        "duration_ms": operation.duration_ms,
    }
