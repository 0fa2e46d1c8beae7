"""`arc.tables`: boto3's Table resources by the names in the manifest."""

from typing import Any

from ._aws import resource
from ._environment import port, use_aws
from .services import services

__all__ = ["name", "table"]


def name(tablename: str) -> str:
    """Give the physical name of a table.

    Raises:
        NameError: the app has no such table.
    """
    known = services().get("tables", {})
    if tablename not in known:
        names = ", ".join(f'"{each}"' for each in sorted(known)) or "none"
        raise NameError(
            f'Table "{tablename}" is not in the manifest. Its tables are: {names}.'
        )
    return str(known[tablename])


def table(tablename: str) -> Any:
    """Give the boto3 `DynamoDB.Table` of a table.

    Raises:
        NameError: the app has no such table.
    """
    endpoint_url = None if use_aws() else f"http://localhost:{port('tables')}"
    return resource("dynamodb", endpoint_url).Table(name(tablename))
