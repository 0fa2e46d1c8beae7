"""`@connections`, as AWS's own client for Python asks it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from sandbox.testing import Client, SandboxUnderTest, WebSocketClosedError
from sandbox.testing.websocket import WebSocket
from tests.websocket.conftest import events_of

pytestmark = pytest.mark.slow

NOBODY = "AAAAAAAAAAAAAAA="
CALLS = ("post_to_connection", "get_connection", "delete_connection")


@pytest.fixture
def api(sandbox: SandboxUnderTest) -> Any:
    """Give boto3's client for the connections of the app."""
    return boto3.client(
        "apigatewaymanagementapi",
        endpoint_url=f"http://127.0.0.1:{sandbox.ports.internal}/_arc/ws",
        region_name="us-west-2",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )


@pytest.fixture
def websocket(sandbox: SandboxUnderTest) -> Iterator[WebSocket]:
    """Connect to the app."""
    with (
        Client(sandbox) as client,
        client.websocket(headers={"User-Agent": "a browser"}) as made,
    ):
        yield made


@pytest.fixture
def connection_id(websocket: WebSocket) -> str:
    """Give that connection's ID."""
    websocket.send("who am I?")
    found: str = websocket.receive()["requestContext"]["connectionId"]
    return found


def call_of(api: Any, name: str, connection_id: str) -> Callable[[], Any]:
    """Give one of the three calls, ready to be made."""
    call = partial(getattr(api, name), ConnectionId=connection_id)
    return partial(call, Data=b"x") if name == CALLS[0] else call


def test_a_message_is_sent(api: Any, websocket: WebSocket, connection_id: str) -> None:
    """As it is; up to 128 KB."""
    for data in ("{}", "ü" * 64 * 1024, ""):
        api.post_to_connection(ConnectionId=connection_id, Data=data.encode())

    assert websocket.receive() == {}
    assert websocket.receive() == "ü" * 64 * 1024
    assert websocket.receive() == ""


def test_a_message_that_is_too_long_is_refused(
    api: Any, websocket: WebSocket, connection_id: str
) -> None:
    """One byte more, and none of it is sent."""
    with pytest.raises(ClientError) as refused:
        api.post_to_connection(ConnectionId=connection_id, Data=b"x" * (128 * 1024 + 1))
    api.post_to_connection(ConnectionId=connection_id, Data=b"next")

    assert refused.value.response["Error"]["Code"] == "PayloadTooLargeException"
    assert websocket.receive() == "next"


def test_a_connection_is_described(
    sandbox: SandboxUnderTest, api: Any, connection_id: str
) -> None:
    """On the sandbox's clock, to the second."""
    opened = datetime.fromtimestamp(sandbox.clock.now_epoch(), UTC)
    sandbox.clock.advance(60)
    api.post_to_connection(ConnectionId=connection_id, Data=b"x")

    told = api.get_connection(ConnectionId=connection_id)

    assert told["Identity"] == {"SourceIp": "127.0.0.1", "UserAgent": "a browser"}
    assert 0 <= (opened - told["ConnectedAt"]).total_seconds() < 30
    assert 60 <= (told["LastActiveAt"] - told["ConnectedAt"]).total_seconds() < 90


def test_a_connection_is_closed(
    sandbox: SandboxUnderTest, api: Any, websocket: WebSocket, connection_id: str
) -> None:
    """Its client sees a normal end, and the app is told of it."""
    api.delete_connection(ConnectionId=connection_id)

    with pytest.raises(WebSocketClosedError) as closed:
        websocket.receive()
    websocket.close()
    assert closed.value.code == 1000
    (ended,) = events_of(sandbox, "@ws disconnect")
    assert ended["requestContext"]["disconnectStatusCode"] == 1000
    with pytest.raises(api.exceptions.GoneException):
        api.post_to_connection(ConnectionId=connection_id, Data=b"x")


@pytest.mark.parametrize("name", CALLS)
def test_a_connection_that_is_not_there_is_gone(api: Any, name: str) -> None:
    """As one that has ended."""
    with pytest.raises(api.exceptions.GoneException):
        call_of(api, name, NOBODY)()


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("connection_id", ["abc", "../../_arc/ssm", "ü", NOBODY * 2])
def test_what_is_no_id_is_refused(api: Any, name: str, connection_id: str) -> None:
    """A bad request, where a connection could never have been."""
    with pytest.raises(ClientError, match="Invalid connectionId") as refused:
        call_of(api, name, connection_id)()

    assert refused.value.response["Error"]["Code"] == "BadRequestException"


def test_there_are_three_operations(sandbox: SandboxUnderTest) -> None:
    """Any other method is forbidden, in API Gateway's words."""
    address = f"http://127.0.0.1:{sandbox.ports.internal}/_arc/ws"

    answer = httpx.put(f"{address}/@connections/{NOBODY}", content=b"x")

    assert answer.status_code == 403
    assert answer.json() == {"message": "Forbidden"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_no_web_page_reaches_those_who_are_connected(
    sandbox: SandboxUnderTest,
    websocket: WebSocket,
    connection_id: str,
    headers: dict[str, str],
) -> None:
    """Neither under a name of its own that resolves to this machine."""
    address = f"http://127.0.0.1:{sandbox.ports.internal}/_arc/ws"
    for method in ("GET", "POST", "DELETE"):
        answer = httpx.request(
            method, f"{address}/@connections/{connection_id}", headers=headers
        )
        assert answer.status_code == 403
    websocket.send("still here")

    assert websocket.receive()["body"] == "still here"
