"""Takes what happens on a WebSocket connection, gives the event its function receives.

Pure. API Gateway developer guide, "Set up a WebSocket API integration request", shows
the events of `$connect` and `$disconnect`; messages have no headers. Header names are
as the client wrote them, and all values of one are in `multiValueHeaders`.
"""

from dataclasses import dataclass

from sandbox.exchange import HttpRequest
from sandbox.gateway.request_parts import (
    DROPPED_REQUEST_HEADERS,
    ApiFacts,
    forwarded_headers,
    gather,
    log_time,
    query_pairs,
    source_ip,
    trace_id,
)
from sandbox.json_value import JsonValue

CONNECT = "$connect"
DISCONNECT = "$disconnect"
DEFAULT = "$default"
MAX_MESSAGE_BYTES = 128 * 1024
"""In either direction (developer guide, "Quotas for configuring and running a
WebSocket API")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a connection ended (RFC 6455 section 7.1.5 and 7.1.6)."""

    code: int
    """1005 where the client gave none, 1006 where it went without a word."""
    reason: str


IDLE_SECONDS = 600
LONGEST_SECONDS = 2 * 60 * 60
"""API Gateway developer guide, "Quotas for configuring and running a WebSocket API"."""
NORMAL = Closing(code=1000, reason="")
"""How `@connections` ends one that it is asked to end."""
GOING_AWAY = Closing(code=1001, reason="Going away")
"""How API Gateway ends what was idle, or open, for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A connection, as all its events tell of it."""

    connection_id: str
    connected_epoch: float
    """Seconds since 1970 on the sandbox's clock."""
    request: HttpRequest
    """The handshake."""
    facts: ApiFacts
    stage: str

    @property
    def identity(self) -> dict[str, JsonValue]:
        """What is known of whoever connected."""
        agent = self.request.header("user-agent")
        known: dict[str, JsonValue] = {} if agent is None else {"userAgent": agent}
        return {**known, "sourceIp": source_ip(self.request)}


def connect_event(client: Client, *, request_id: str, trace: str) -> JsonValue:
    """Make the event of `$connect`, which alone has the handshake's headers and query.

    Args:
        client: who connects.
        request_id: the event's own, in API Gateway's form.
        trace: a UUID, for the trace that begins where the client names none.
    """
    headers = _headers(client, trace)
    query = gather(query_pairs(client.request.query_string))
    parameters: dict[str, JsonValue] = {}
    if query:
        parameters["queryStringParameters"] = {k: v[-1] for k, v in query.items()}
        parameters["multiValueQueryStringParameters"] = {**query}
    return {
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": {**headers},
        **parameters,
        "requestContext": _context(
            client, CONNECT, "CONNECT", client.connected_epoch, request_id
        ),
        "isBase64Encoded": False,
    }


def message_event(
    client: Client,
    text: str,
    *,
    route_key: str,
    request_id: str,
    message_id: str,
    now_epoch: float,
) -> JsonValue:
    """Make the event of a message.

    Args:
        client: who sent it.
        text: what was sent.
        route_key: `$default`, or the route that the message chose.
        request_id: the event's own, in API Gateway's form.
        message_id: likewise.
        now_epoch: the sandbox's time, in seconds since 1970.
    """
    context = _context(client, route_key, "MESSAGE", now_epoch, request_id)
    return {
        "requestContext": {**context, "messageId": message_id},
        "body": text,
        "isBase64Encoded": False,
    }


def disconnect_event(
    client: Client, closing: Closing, *, request_id: str, now_epoch: float
) -> JsonValue:
    """Make the event of `$disconnect`; of the headers, API Gateway gives these.

    Args:
        client: who was connected.
        closing: how that ended.
        request_id: the event's own, in API Gateway's form.
        now_epoch: the sandbox's time, in seconds since 1970.
    """
    headers = {
        "Host": client.request.header("host") or "",
        "x-api-key": "",
        "X-Forwarded-For": "",
        "x-restapi": "",
    }
    context = _context(client, DISCONNECT, "DISCONNECT", now_epoch, request_id)
    return {
        "headers": {**headers},
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {
            **context,
            "disconnectStatusCode": closing.code,
            "disconnectReason": closing.reason,
        },
        "isBase64Encoded": False,
    }


def _headers(client: Client, trace: str) -> dict[str, list[str]]:
    """Give values by name as first written, and what the gateway adds."""
    spelled: dict[str, str] = {}
    headers: dict[str, list[str]] = {}
    for name, value in client.request.headers:
        if name.lower() not in DROPPED_REQUEST_HEADERS:
            first = spelled.setdefault(name.lower(), name)
            headers.setdefault(first, []).append(value)
    sent = client.request.header("x-amzn-trace-id")
    added = {
        "x-amzn-trace-id": trace_id(
            sent, request_id=trace, now_epoch=client.connected_epoch
        ),
        **forwarded_headers(client.request, client.facts),
    }
    for name, value in added.items():
        headers.setdefault(spelled.get(name, name.title()), [value])
    return headers


def _context(
    client: Client, route_key: str, event_type: str, now_epoch: float, request_id: str
) -> dict[str, JsonValue]:
    return {
        "routeKey": route_key,
        "eventType": event_type,
        "extendedRequestId": request_id,
        "requestTime": log_time(now_epoch),
        "messageDirection": "IN",
        "stage": client.stage,
        "connectedAt": int(client.connected_epoch * 1000),
        "requestTimeEpoch": int(now_epoch * 1000),
        "identity": client.identity,
        "requestId": request_id,
        "domainName": client.facts.domain_name,
        "connectionId": client.connection_id,
        "apiId": client.facts.api_id,
    }
