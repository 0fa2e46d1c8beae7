"""`/api/connections`: who is connected to @ws, messages by hand, and ends."""

from collections.abc import Mapping

from sandbox.exchange import OpenConnection, PassedMessage
from sandbox.inspector.endpoints import Endpoint
from sandbox.inspector.messages import ApiError, ApiRequest, JsonAnswer
from sandbox.inspector.schemas import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    TEXT,
    Schema,
    array_of,
    object_of,
    or_null,
)
from sandbox.inspector.subject import Connections
from sandbox.json_value import JsonValue

_MESSAGE: Schema = object_of(
    {
        "is_received": BOOLEAN,
        "passed_epoch": NUMBER,
        "text": or_null(TEXT),
        "size_bytes": INTEGER,
        "is_whole": BOOLEAN,
    }
)
_SUMMARY: Mapping[str, Schema] = {
    "id": TEXT,
    "path": TEXT,
    "query": TEXT,
    "client_address": TEXT,
    "user_agent": or_null(TEXT),
    "connected_epoch": NUMBER,
    "last_active_epoch": NUMBER,
    "ends_epoch": NUMBER,
    "received": INTEGER,
    "sent": INTEGER,
    "last": or_null(_MESSAGE),
}
_LIST: Schema = object_of({"connections": array_of(object_of(_SUMMARY))})
_WHOLE: Schema = object_of(
    {**_SUMMARY, "headers": array_of(array_of(TEXT)), "messages": array_of(_MESSAGE)}
)
_DONE: Schema = object_of({"id": TEXT})


class ConnectionsApi:
    """The endpoints of WebSocket connections.

    Args:
        connections: those that are open.
    """

    def __init__(self, *, connections: Connections) -> None:
        self._connections = connections

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give what can be asked."""
        path = "/api/connections"
        one = f"{path}/{{id}}"
        return (
            Endpoint(
                "GET",
                path,
                "List the WebSocket connections that are open, oldest first.",
                self.list,
                gives=_LIST,
            ),
            Endpoint(
                "GET",
                one,
                "Show a connection: its handshake, and its last messages both ways.",
                self.show,
                gives=_WHOLE,
            ),
            Endpoint(
                "POST",
                f"{one}/messages",
                "Send a message to the client, as a function would.",
                self.send,
                takes=object_of({"text": TEXT}),
                gives=_DONE,
            ),
            Endpoint(
                "DELETE",
                one,
                "End a connection, of which the app's @ws disconnect is told.",
                self.end,
                gives=_DONE,
            ),
        )

    def list(self, request: ApiRequest) -> JsonAnswer:
        """Give those that are open."""
        known = self._connections.connections
        return JsonAnswer(content={"connections": [_summary(one) for one in known]})

    def show(self, request: ApiRequest) -> JsonAnswer:
        """Give one whole."""
        wanted = request.path["id"]
        for one in self._connections.connections:
            if one.connection_id == wanted:
                headers: list[JsonValue] = [[k, v] for k, v in one.request.headers]
                messages = [_message(each) for each in one.messages]
                return JsonAnswer(
                    content={
                        **_summary(one),
                        "headers": headers,
                        "messages": messages,
                    }
                )
        raise _gone(wanted)

    def send(self, request: ApiRequest) -> JsonAnswer:
        """Send a text."""
        wanted, text = request.path["id"], request.text("text")
        try:
            is_sent = self._connections.send(wanted, text.encode())
        except UnicodeEncodeError as error:
            raise ApiError(400, "It holds half a surrogate pair.") from error
        except ValueError as error:
            raise ApiError(413, f"It is too long: {error}.") from error
        if not is_sent:
            raise _gone(wanted)
        return JsonAnswer(content={"id": wanted})

    def end(self, request: ApiRequest) -> JsonAnswer:
        """End one."""
        wanted = request.path["id"]
        if not self._connections.end(wanted):
            raise _gone(wanted)
        return JsonAnswer(content={"id": wanted})


def _gone(connection_id: str) -> ApiError:
    return ApiError(
        404,
        f'There is no open connection "{connection_id}".',
        remedy="GET /api/connections lists those that are open.",
    )


def _summary(one: OpenConnection) -> dict[str, JsonValue]:
    return {
        "id": one.connection_id,
        "path": one.request.path,
        "query": one.request.query_string,
        "client_address": one.request.client_address,
        "user_agent": one.request.header("user-agent"),
        "connected_epoch": one.connected_epoch,
        "last_active_epoch": one.last_active_epoch,
        "ends_epoch": one.ends_epoch,
        "received": one.received,
        "sent": one.sent,
        "last": _message(one.messages[-1]) if one.messages else None,
    }


def _message(message: PassedMessage) -> dict[str, JsonValue]:
    return {
        "is_received": message.is_received,
        "passed_epoch": message.passed_epoch,
        "text": message.text,
        "size_bytes": message.size_bytes,
        "is_whole": message.is_whole,
    }
