"""What API Gateway makes of the results of @ws functions."""

import pytest

from sandbox.json_value import JsonValue
from sandbox.websocket.results import fault_of, status_of, subprotocol_of


@pytest.mark.parametrize(
    ("status", "understood"),
    [
        (200, 200),
        ("403", 403),
        (500.0, 500),
        (199, None),
        (600, None),
        (200.5, None),
        ("2000", None),
        (True, None),
        (None, None),
    ],
)
def test_status_of(status: JsonValue, understood: int | None) -> None:
    """A number of HTTP's, as such or in a string."""
    assert status_of({"statusCode": status}) == understood


@pytest.mark.parametrize(
    ("result", "fault"),
    [
        (None, "no statusCode"),
        ({"statusCode": None}, "no statusCode"),
        ({"statusCode": "ok"}, '"ok" for a statusCode'),
    ],
)
def test_fault_of(result: JsonValue, fault: str) -> None:
    """What is to be mended comes first."""
    assert status_of(result) is None
    assert fault_of(result) == fault


@pytest.mark.parametrize(
    ("headers", "chosen"),
    [
        ({"Sec-WebSocket-Protocol": "b"}, "b"),
        ({"sec-websocket-protocol": "c"}, None),
        ({"sec-websocket-protocol": ["b"]}, None),
        ({"x": "b"}, None),
        ("b", None),
    ],
)
def test_subprotocol_of(headers: JsonValue, chosen: str | None) -> None:
    """One of those that the client has offered (RFC 6455 section 4.2.2)."""
    assert subprotocol_of({"headers": headers}, ("a", "b")) == chosen
