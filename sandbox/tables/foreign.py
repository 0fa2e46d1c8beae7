"""Tables that the sandbox does not hold: another program's on this machine, or AWS's.

They answer where `store.TableStore` would be asked, as far as they can: nothing expires
on the sandbox's clock, and nothing is ever reset or dropped.
"""

import http.client
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from sandbox.errors import SeedError, WorldError
from sandbox.json_value import JsonValue
from sandbox.project.model import Project
from sandbox.tables import protocol
from sandbox.tables.attribute_values import Seeds
from sandbox.tables.errors import TableError
from sandbox.tables.plan import Declaration, declarations
from sandbox.tables.schema import typed_keys, update_ttl

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Call: TypeAlias = Callable[[str, Mapping[str, object]], dict[str, JsonValue]]
"""Carries out a DynamoDB operation. Raises TableError, or WorldError."""

TIMEOUT_SECONDS = 20.0
_READY_AFTER_TRIES = 100
_PAUSE_SECONDS = 0.1
_BAD_REQUEST = 400


class ForeignTables:
    """What stands in for the app's own tables.

    Args:
        call: reaches them.
    """

    def __init__(self, call: Call) -> None:
        self.call = call

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> list[bytes]:
        """Say that there is nothing here; the sandbox serves these on no port."""
        answer = protocol.greeting("The app's tables are not the sandbox's own.\n")
        start_response(answer.status, answer.headers)
        return [answer.body]

    def expire(self) -> int:
        """Expire nothing."""
        return 0

    def reset(self) -> None:
        """Leave rows as they are."""

    def tidy(self) -> None:
        """Do nothing, as nothing is kept."""

    def close(self) -> None:
        """Do nothing: whoever runs them closes them."""


def refuse_call(operation: str, _request: Mapping[str, object]) -> dict[str, JsonValue]:
    """Answer where functions use AWS: the sandbox itself never touches that data.

    Raises:
        WorldError: always.
    """
    raise WorldError(
        f"The sandbox does no {operation}: the app's tables are in AWS.",
        remedy="Look at them with the AWS console or command line.",
    )


def external_call(*, port: int, region: str, access_key: str) -> Call:
    """Give what calls a DynamoDB on this machine, such as DynamoDB Local.

    Args:
        port: where it listens on localhost, as runtime helpers expect.
        region: DynamoDB Local keeps tables apart by it,
        access_key: and by this, so both are those that functions have.
    """
    headers = {
        "Content-Type": protocol.CONTENT_TYPE,
        # Nobody checks the signature, but DynamoDB Local reads whose it is, and
        # dynalite refuses a request without a date.
        "X-Amz-Date": "20200101T000000Z",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={access_key}/20200101/{region}"
        f"/dynamodb/aws4_request, SignedHeaders=host, Signature={'0' * 64}",
    }

    def call(operation: str, request: Mapping[str, object]) -> dict[str, JsonValue]:
        target = {"X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        connection = http.client.HTTPConnection(
            "localhost", port, timeout=TIMEOUT_SECONDS
        )
        try:
            connection.request("POST", "/", json.dumps(request), {**headers, **target})
            response = connection.getresponse()
            status, content = response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise WorldError(
                f'No DynamoDB answers at "http://localhost:{port}": {error}.',
                remedy="Start it, or remove @sandbox external-db and ARC_DB_EXTERNAL.",
            ) from error
        finally:
            connection.close()
        return _checked(status, content)

    return call


def _checked(status: int, content: Any) -> dict[str, JsonValue]:
    found = content if isinstance(content, dict) else {}
    if status < _BAD_REQUEST:
        return found
    code = str(found.get("__type", status)).rpartition("#")[2]
    message = str(found.get("message") or found.get("Message") or "")
    raise TableError(code, message, status=status)


def create_missing(
    call: Call, project: Project, *, seeds: Callable[[], Seeds]
) -> tuple[str, ...]:
    """Create a project's tables where they are missing; those that are there stay.

    Args:
        call: reaches the database.
        project: declares the tables.
        seeds: asked for rows only if tables are created; they go to `staging`.

    Returns:
        What the developer should know, such as a table that has other keys.

    Raises:
        SeedError: the rows cannot be had, or are refused.
        WorldError: the database does not answer, or refuses to make a table.
    """
    notices: list[str] = []
    missing = []
    for declaration in declarations(project).values():
        present = _describe(call, declaration.name)
        if present is None:
            missing.append(declaration)
        elif typed_keys(present) != declaration.keys:
            notices.append(
                f'Table "{declaration.name}" of the external database has other keys '
                "than the manifest declares. Delete it there to have it recreated."
            )
    rows = seeds() if missing else {}
    for declaration in missing:
        _create(call, declaration)
        notices += _begin_expiry(call, declaration)
        if declaration.stage == "staging":
            _seed(call, declaration, rows.get(declaration.table.name, ()))
    return tuple(dict.fromkeys(notices))


def _describe(call: Call, name: str) -> Any:
    """Give DynamoDB's description of a table, or None where there is none."""
    try:
        return call("DescribeTable", {"TableName": name})["Table"]
    except TableError as error:
        if error.code == "ResourceNotFoundException":
            return None
        raise _refused(name, error) from error


def _create(call: Call, declaration: Declaration) -> None:
    try:
        call("CreateTable", declaration.request)
        _wait_active(call, declaration.name)
    except TableError as error:
        raise _refused(declaration.name, error) from error


def _begin_expiry(call: Call, declaration: Declaration) -> tuple[str, ...]:
    """Set a new table's TTL attribute; give what to say where there is no TTL."""
    name = declaration.name
    ttl = update_ttl(declaration.table, physical_name=name)
    try:
        if ttl is not None:
            call("UpdateTimeToLive", ttl)
    except TableError as error:
        if error.code != "UnknownOperationException":  # dynalite's answer
            raise _refused(name, error) from error
        return ("The external database has no TTL, so rows never expire there.",)
    return ()


def _wait_active(call: Call, name: str) -> None:
    for _ in range(_READY_AFTER_TRIES):
        if _describe(call, name)["TableStatus"] == "ACTIVE":
            return
        threading.Event().wait(_PAUSE_SECONDS)
    raise WorldError(f'Table "{name}" of the external database did not become active.')


def _seed(call: Call, declaration: Declaration, rows: Iterable[object]) -> None:
    for number, row in enumerate(rows, 1):
        try:
            call("PutItem", {"TableName": declaration.name, "Item": row})
        except TableError as error:
            raise SeedError(
                f"The external database refuses seed row {number} of table "
                f'"{declaration.table.name}": {error.message}.',
                remedy="Fix that row in the seed file.",
            ) from error


def _refused(name: str, error: TableError) -> WorldError:
    why = f"{error.code}: {error.message}" if error.message else error.code
    return WorldError(f'The external database refuses table "{name}": {why}.')
