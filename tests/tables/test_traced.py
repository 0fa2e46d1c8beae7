"""Operations are remembered by the event that made them, and answered all the same."""

import gzip
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from sandbox.clock import ManualClock
from sandbox.tables.protocol import MAX_BODY_BYTES
from sandbox.tables.traced import MOST_EVENTS, MOST_OPERATIONS, OperationLog
from sandbox.trace_header import trace_header

ID = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"
ROOT = "1-5759e988-1f2e3d4c5b6a49788695a4b3"


class Echo:
    """Answers with the request's body, a second later; refuses an empty one."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        self._clock.advance(1)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("200 OK" if body else "400 Bad Request", [])
        return [body]


def ask(app: Any, body: bytes, *, operation: str = "GetItem", **extra: Any) -> bytes:
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_AMZ_TARGET": f"DynamoDB_20120810.{operation}",
        "HTTP_X_AMZN_TRACE_ID": trace_header(ID, root=ROOT),
        "wsgi.input": io.BytesIO(body),
        **extra,
    }
    return b"".join(app(environ, lambda status, headers: None))


@pytest.fixture
def log(clock: ManualClock) -> OperationLog:
    """Give an empty log."""
    return OperationLog(clock)


def test_an_operation_is_remembered(log: OperationLog, clock: ManualClock) -> None:
    """Its name, table, request, status and duration; the answer is untouched."""
    body = b'{"TableName": "things"}'

    answer = ask(log.around(Echo(clock)), body)

    (operation,) = log.of(ID)
    assert answer == body
    assert (operation.operation, operation.tables) == ("GetItem", ("things",))
    assert (operation.request, operation.status) == (body.decode(), 200)
    assert operation.duration_ms == 1000


@pytest.mark.parametrize(
    ("request_json", "tables"),
    [
        ({"TableName": "a"}, ("a",)),
        ({"RequestItems": {"a": [], "b": []}}, ("a", "b")),
        (
            {
                "TransactItems": [
                    {"Put": {"TableName": "b"}},
                    {"Get": {"TableName": "a"}},
                ]
            },
            ("b", "a"),
        ),
        ({"TransactItems": [{"Put": {"TableName": "a"}}] * 2}, ("a",)),
        ({"TransactItems": [1, {"Put": 1}, {"Put": {"TableName": 1}}]}, ()),
        ({"TransactItems": 1}, ()),
        ({}, ()),
        ([], ()),
    ],
)
def test_tables_are_named(
    log: OperationLog, clock: ManualClock, request_json: Any, tables: tuple[str, ...]
) -> None:
    """Batches and transactions name several; nonsense names none."""
    ask(log.around(Echo(clock)), json.dumps(request_json).encode())

    assert log.of(ID)[0].tables == tables


@pytest.mark.parametrize(
    ("body", "extra"),
    [
        (gzip.compress(b"{}"), {"HTTP_CONTENT_ENCODING": "gzip"}),
        (b'{"a": "' + b"x" * 9000 + b'"}', {}),
    ],
)
def test_not_every_request_is_kept(
    log: OperationLog, clock: ManualClock, body: bytes, extra: Mapping[str, Any]
) -> None:
    """What is compressed or long is answered, and its text left out."""
    answer = ask(log.around(Echo(clock)), body, **extra)

    assert answer == body
    assert log.of(ID)[0].request is None


def test_a_long_request_names_its_tables(log: OperationLog, clock: ManualClock) -> None:
    """Its text is not kept, but what it was about is."""
    body = json.dumps({"TableName": "things", "Item": {"a": {"S": "x" * 9000}}})

    ask(log.around(Echo(clock)), body.encode(), operation="PutItem")

    assert log.of(ID)[0].tables == ("things",)


def test_a_refusal_is_remembered(log: OperationLog, clock: ManualClock) -> None:
    """With the status that the function saw."""
    ask(log.around(Echo(clock)), b"")

    assert log.of(ID)[0].status == 400


def test_strangers_are_not_remembered(log: OperationLog, clock: ManualClock) -> None:
    """A client that sends no header of ours is only answered."""
    answer = ask(log.around(Echo(clock)), b"{}", HTTP_X_AMZN_TRACE_ID="Root=1-a-b")

    assert (answer, log.of(ID)) == (b"{}", ())


def test_the_log_is_bounded(log: OperationLog, clock: ManualClock) -> None:
    """Old events give way, and one event cannot fill the memory."""
    app = log.around(Echo(clock))
    for _ in range(MOST_OPERATIONS + 5):
        ask(app, b"{}")
    assert len(log.of(ID)) == MOST_OPERATIONS

    for number in range(MOST_EVENTS):
        header = trace_header(f"{number:032x}", root=ROOT)
        ask(app, b"{}", HTTP_X_AMZN_TRACE_ID=header)

    assert log.of(ID) == ()


def test_a_long_request_is_left_to_its_limit(
    log: OperationLog, clock: ManualClock
) -> None:
    """What is longer than DynamoDB takes is not read here, so that it is refused."""
    sent = io.BytesIO(b"{}")
    seen = []

    def refuse(environ: Any, start_response: Any) -> Iterable[bytes]:
        seen.append(environ["wsgi.input"].tell())
        return Echo(clock)(environ, start_response)

    long: Any = {"CONTENT_LENGTH": str(MAX_BODY_BYTES + 1), "wsgi.input": sent}
    ask(log.around(refuse), b"", **long)

    assert seen == [0]
    assert log.of(ID)[0].request is None


def test_the_log_is_bounded_in_bytes(clock: ManualClock) -> None:
    """Old events give way to long ones, however few they are."""
    log = OperationLog(clock, most_kept_bytes=20_000)
    for number in range(4):
        header = trace_header(f"{number:032x}", root=ROOT)
        body = json.dumps({"TableName": "a", "x": "é" * 1100}).encode()
        ask(log.around(Echo(clock)), body, HTTP_X_AMZN_TRACE_ID=header)
    kept = [len(log.of(f"{number:032x}")) for number in range(4)]

    assert kept == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "request_json",
    [
        {"TableName": "x" * 30_000},
        {"RequestItems": {"x" * 30_000: []}},
        {"RequestItems": {str(number): [] for number in range(30_000)}},
    ],
)
def test_names_are_bounded_too(clock: ManualClock, request_json: Any) -> None:
    """No table has such a name, and no request has so many of them."""
    log = OperationLog(clock, most_kept_bytes=20_000)

    ask(log.around(Echo(clock)), json.dumps(request_json).encode())

    assert len(log.of(ID)[0].tables) <= 100


def test_the_log_is_cleared(log: OperationLog, clock: ManualClock) -> None:
    """Nothing of a former test is left."""
    ask(log.around(Echo(clock)), b"{}")
    log.clear()

    assert log.of(ID) == ()
