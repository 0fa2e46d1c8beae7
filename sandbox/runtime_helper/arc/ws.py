"""`arc.ws`: send to, ask about and close WebSocket connections."""

import json
import os
from typing import Any

from ._aws import client
from ._environment import port, use_aws

__all__ = ["api", "close", "info", "send"]


def api() -> Any:
    """Give boto3's `ApiGatewayManagementApi` client.

    Raises:
        RuntimeError: the app has no WebSockets (ARC_WSS_URL is not set).
    """
    address = os.environ.get("ARC_WSS_URL")
    if not address:
        raise RuntimeError("ARC_WSS_URL is not set: the app declares no @ws.")
    if use_aws():
        endpoint_url = "http" + address.removeprefix("ws")
    else:
        endpoint_url = f"http://localhost:{port('_arc')}/_arc/ws"
    return client("apigatewaymanagementapi", endpoint_url)


# The parameter is called `id` as documented; callers may pass it by name.
def send(id: str, payload: Any) -> Any:
    """Send `payload` as JSON to the connection `id`."""
    return api().post_to_connection(Data=json.dumps(payload), ConnectionId=id)


def close(id: str) -> Any:
    """Close the connection `id`."""
    return api().delete_connection(ConnectionId=id)


def info(id: str) -> Any:
    """Give what API Gateway knows of the connection `id`."""
    return api().get_connection(ConnectionId=id)
