"""The JSON 1.0 protocol, as clients speak it and as they do not."""

import binascii
import gzip
import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.httpd import LoopbackServer
from sandbox.tables.engine import OPERATIONS
from sandbox.tables.store import TableStore

TABLE = "demo-staging-sessions"


def ask(
    store: TableStore, body: bytes, *, operation: str = "GetItem", **environ: Any
) -> tuple[str, dict[str, str], Any]:
    """Send one request to the WSGI app; give status, headers (lower case) and body."""
    told: list[Any] = []
    pieces = store(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "HTTP_X_AMZ_TARGET": f"DynamoDB_20120810.{operation}" if operation else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **environ,
        },
        lambda *answer: told.append(answer),  # type: ignore[arg-type]
    )
    content = b"".join(pieces)
    status, headers = told[0]
    named = {name.lower(): value for name, value in headers}
    assert named["content-length"] == str(len(content))
    return status, named, content


KEY = json.dumps({"TableName": TABLE, "Key": {"_idx": {"S": "a"}}}).encode()


def test_an_answer_has_what_clients_check(store: TableStore) -> None:
    """The checksum is that of the body, and each answer has an id of its own."""
    status, headers, body = ask(store, KEY)

    assert (status, body) == ("200 OK", b"{}")
    assert headers["content-type"] == "application/x-amz-json-1.0"
    assert headers["x-amz-crc32"] == str(binascii.crc32(b"{}"))
    assert headers["x-amzn-requestid"] != ask(store, KEY)[1]["x-amzn-requestid"]


@pytest.mark.parametrize(
    ("body", "settings", "code"),
    [
        (b"{", {}, "com.amazon.coral.service#SerializationException"),
        (b"[1]", {}, "com.amazon.coral.service#SerializationException"),
        (b"[" * 100_000, {}, "com.amazon.coral.service#SerializationException"),
        (b"\xff", {}, "com.amazon.coral.service#SerializationException"),
        (b"", {}, "com.amazon.coral.validate#ValidationException"),
        (
            KEY,
            {"operation": "Teleport"},
            "com.amazon.coral.service#UnknownOperationException",
        ),
        (
            b"{}",
            {"operation": "ImportTable"},
            "com.amazon.coral.service#UnknownOperationException",
        ),
        (
            KEY,
            {"operation": ""},
            "com.amazonaws.dynamodb.v20120810#MissingAuthenticationTokenException",
        ),
        (
            KEY.replace(TABLE.encode(), b"no-such-table"),
            {},
            "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        ),
        (
            b"not gzip",
            {"HTTP_CONTENT_ENCODING": "gzip"},
            "com.amazon.coral.service#SerializationException",
        ),
        (
            KEY,
            {"CONTENT_LENGTH": "many"},
            "com.amazon.coral.validate#ValidationException",
        ),
    ],
)
def test_a_bad_request_gets_dynamodbs_error(
    store: TableStore, body: bytes, settings: dict[str, str], code: str
) -> None:
    """Whatever arrives, the answer is a status 400 with a code that clients know."""
    status, _headers, answer = ask(store, body, **settings)

    assert status == "400 Bad Request"
    assert json.loads(answer)["__type"] == code


@pytest.mark.parametrize("is_zipped", [False, True])
def test_a_request_that_is_too_large_is_refused(
    store: TableStore, *, is_zipped: bool
) -> None:
    """The limit is DynamoDB's, and counts what a compressed body becomes."""
    body = b" " * (16 * 1024 * 1024 + 1)
    headers = {"HTTP_CONTENT_ENCODING": "gzip"} if is_zipped else {}

    status, _headers, _answer = ask(
        store, gzip.compress(body) if is_zipped else body, **headers
    )

    assert status == "413 Request Entity Too Large"


def test_a_compressed_or_chunked_request_is_read(store: TableStore) -> None:
    """Clients may compress, and may send no length where the server finds the end."""
    zipped = ask(store, gzip.compress(KEY), HTTP_CONTENT_ENCODING="gzip")
    framed = ask(store, KEY, CONTENT_LENGTH="", **{"wsgi.input_terminated": True})

    assert (zipped[0], framed[0]) == ("200 OK", "200 OK")


names = st.sampled_from([TABLE, "id", "_idx", "S", "N", "M", "Key", "Item", "=", "x"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 99) | st.floats() | st.text() | names,
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
    max_leaves=6,
)
members = st.sampled_from(
    [
        "TableName",
        "Key",
        "Item",
        "Limit",
        "IndexName",
        "Statement",
        "Segment",
        "Expected",
        "TransactItems",
        "RequestItems",
        "KeyConditionExpression",
        "UpdateExpression",
        "ExclusiveStartKey",
        "ExpressionAttributeValues",
        "AttributeUpdates",
    ]
)
requests = st.dictionaries(members, anything).map(
    lambda request: {"TableName": TABLE, "Key": {"_idx": {"S": "a"}}, **request}
)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(OPERATIONS)), requests)
def test_whatever_is_asked_is_answered(
    store: TableStore, operation: str, request: dict[str, Any]
) -> None:
    """No request ends in a failure of ours: a client gets a result, or an error."""
    status, _headers, body = ask(
        store, json.dumps(request).encode(), operation=operation
    )

    assert status in ("200 OK", "400 Bad Request")
    assert isinstance(json.loads(body), dict)


@pytest.mark.parametrize(
    "item",
    [
        {"_idx": {"S": "\ud800"}},
        {"_idx": {"S": "a"}, "\ud800": {"N": "1"}},
        {"_idx": {"S": "a"}, "map": {"M": {"list": {"L": [{"S": "\ud800"}]}}}},
    ],
)
def test_text_that_is_no_unicode_is_refused(
    store: TableStore, item: dict[str, Any]
) -> None:
    """Half a surrogate pair is valid JSON, and cannot be written as UTF-8."""
    request = {"TableName": TABLE, "Item": item}
    write = {"TransactItems": [{"Put": request}]}
    for operation, asked in (("PutItem", request), ("TransactWriteItems", write)):
        status, _headers, answer = ask(
            store, json.dumps(asked).encode(), operation=operation
        )

        assert status == "400 Bad Request"
        assert b"A text has half a surrogate pair" in answer


def test_a_browser_is_told_what_this_port_is(store: TableStore) -> None:
    """Plain text names the tables."""
    status, headers, body = ask(store, b"", REQUEST_METHOD="GET")

    assert status == "200 OK"
    assert headers["content-type"].startswith("text/plain")
    assert TABLE.encode() in body


@pytest.fixture
def dynamodb(store: TableStore) -> Iterator[Any]:
    """Give a boto3 resource that talks to the store over HTTP."""
    with LoopbackServer(store, name="tables") as server:
        resource = boto3.resource(
            "dynamodb",
            endpoint_url=f"http://127.0.0.1:{server.port}",
            region_name="us-west-2",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
        yield resource
        resource.meta.client.close()


@pytest.mark.slow
def test_boto3_reads_what_it_wrote(dynamodb: Any) -> None:
    """A real client stores and reads every type, and its checksum test passes."""
    item = {
        "_idx": "a",
        "n": 12,
        "b": b"\x00\xff",
        "s": {"x", "y"},
        "l": [1, None, True, {"deep": b"z"}],
    }
    table = dynamodb.Table(TABLE)
    table.put_item(Item=item)

    assert table.get_item(Key={"_idx": "a"})["Item"] == item
    assert table.scan()["Count"] == 1


@pytest.mark.slow
def test_boto3_raises_its_own_exceptions(dynamodb: Any) -> None:
    """A client finds the exception class by the code in the body."""
    client = dynamodb.meta.client
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        dynamodb.Table("no-such-table").get_item(Key={"_idx": "a"})
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        dynamodb.Table(TABLE).delete_item(
            Key={"_idx": "a"}, ConditionExpression="attribute_exists(x)"
        )
    with pytest.raises(ClientError, match="Missing the key _idx"):
        dynamodb.Table(TABLE).put_item(Item={"x": 1})
