"""Another DynamoDB on this machine, as its operations are called."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import pytest

from sandbox.errors import WorldError
from sandbox.httpd import LoopbackServer
from sandbox.json_value import JsonValue
from sandbox.project.model import Key, Project, Table
from sandbox.tables.errors import TableError
from sandbox.tables.foreign import create_missing, external_call

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MakeProject = Callable[..., Project]
SESSIONS = Table(
    name="sessions", partition_key=Key(attribute="_idx"), ttl_attribute="_ttl"
)


class OtherDatabase:
    """Creates tables, and answers one operation with an error of its own."""

    def __init__(self, *, refused: str, message: str = "") -> None:
        self.tables: list[object] = []
        self._refused = refused
        self._message = message

    def __call__(
        self, operation: str, request: Mapping[str, object]
    ) -> dict[str, JsonValue]:
        if operation == self._refused:
            raise TableError("UnknownOperationException", self._message)
        if operation == "CreateTable":
            self.tables.append(request["TableName"])
        elif request["TableName"] not in self.tables:
            raise TableError("ResourceNotFoundException", "")
        return {"Table": {"TableStatus": "ACTIVE"}}


def test_a_database_without_ttl_has_the_tables_all_the_same(
    make_project: MakeProject,
) -> None:
    """Without UpdateTimeToLive, as dynalite is; told once, not table by table."""
    database = OtherDatabase(refused="UpdateTimeToLive")

    told = create_missing(database, make_project(SESSIONS), seeds=dict)

    assert database.tables == ["demo-staging-sessions", "demo-production-sessions"]
    assert told == ("The external database has no TTL, so rows never expire there.",)


def test_rows_wait_until_their_table_is_active(make_project: MakeProject) -> None:
    """A database refuses rows, and a TTL, of a table that it is still creating."""
    creating: dict[object, int] = {}
    called = []

    def call(operation: str, request: Mapping[str, object]) -> dict[str, JsonValue]:
        name = request["TableName"]
        if operation == "CreateTable":
            creating[name] = 2
        if operation != "DescribeTable":
            called.append(operation)
            return {}
        if name not in creating:
            raise TableError("ResourceNotFoundException", "")
        creating[name] -= 1
        status = "CREATING" if creating[name] else "ACTIVE"
        called.append(status)
        return {"Table": {"TableStatus": status}}

    seeds = {"sessions": [{"_idx": {"S": "one"}}]}
    create_missing(call, make_project(SESSIONS), seeds=lambda: seeds)

    made = ["CreateTable", "CREATING", "ACTIVE", "UpdateTimeToLive"]
    assert called == [*made, "PutItem", *made]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("", "UnknownOperationException."),
        ("No such thing", "UnknownOperationException: No such thing."),
    ],
)
def test_a_refused_table_is_told_with_the_reason(
    make_project: MakeProject, message: str, said: str
) -> None:
    """Some errors have no message; then the code is all there is to say."""
    database = OtherDatabase(refused="CreateTable", message=message)

    with pytest.raises(WorldError) as refused:
        create_missing(database, make_project(SESSIONS), seeds=dict)

    table = "demo-staging-sessions"
    expected = f'The external database refuses table "{table}": {said}'
    assert str(refused.value) == expected


def test_a_call_says_whose_it_is_and_when() -> None:
    """DynamoDB Local reads key and region; dynalite refuses a call without a date."""
    seen: list[Mapping[str, object]] = []

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        seen.append(dict(environ))
        start("200 OK", [("Content-Type", "application/x-amz-json-1.0")])
        return [json.dumps({"TableNames": []}).encode()]

    with LoopbackServer(answer, name="other") as server:
        call = external_call(port=server.port, region="us-west-2", access_key="me")
        assert call("ListTables", {}) == {"TableNames": []}

    assert str(seen[0]["HTTP_AUTHORIZATION"]).startswith(
        "AWS4-HMAC-SHA256 Credential=me/20200101/us-west-2/dynamodb/aws4_request, "
    )
    assert seen[0]["HTTP_X_AMZ_DATE"] == "20200101T000000Z"
    assert seen[0]["HTTP_X_AMZ_TARGET"] == "DynamoDB_20120810.ListTables"
