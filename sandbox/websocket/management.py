"""ConnectionsApi: `@connections`, by which functions reach those who are connected.

API Gateway Management API Reference: PostToConnection, GetConnection and
DeleteConnection, below whatever `arc.ws` has for an endpoint.
"""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

from sandbox.durations import iso_moment
from sandbox.exchange import Headers, HttpResponse
from sandbox.gateway.wsgi import json_response, respond
from sandbox.http1.wsgi_input import read_input
from sandbox.json_value import JsonValue
from sandbox.websocket.api import WebSocketApi
from sandbox.websocket.events import MAX_MESSAGE_BYTES, NORMAL

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from sandbox.websocket.connection import WebSocketConnection

_ID = re.compile(r"[A-Za-z0-9_-]{15}=")


class _RefusedError(Exception):
    """One of the API's own errors."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


class ConnectionsApi:
    """A WSGI application whose paths end in `@connections/<id>`.

    Args:
        api: knows who is connected.
    """

    def __init__(self, api: WebSocketApi) -> None:
        self._api = api

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Carry out one operation."""
        try:
            response = self._answer(environ)
        except _RefusedError as refused:
            content: JsonValue = {"message": refused.message}
            error_type = ("x-amzn-errortype", refused.code)
            response = _response(refused.status, content, (error_type,))
        return respond(response, start_response)

    def _answer(self, environ: "WSGIEnvironment") -> HttpResponse:
        _, _, connection_id = environ["PATH_INFO"].partition("@connections/")
        match environ["REQUEST_METHOD"]:
            case "POST":
                data = read_input(environ, most_bytes=MAX_MESSAGE_BYTES)
                if data is None:
                    raise _RefusedError(
                        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                        "PayloadTooLargeException",
                        "Message is larger than 128 KB",
                    )
                if not self._find(connection_id).send(data):
                    raise _gone()
                return _response(HTTPStatus.OK)
            case "GET":
                return _response(HTTPStatus.OK, _seen(self._find(connection_id)))
            case "DELETE":
                self._find(connection_id).close(NORMAL)
                return _response(HTTPStatus.NO_CONTENT)
        raise _RefusedError(HTTPStatus.FORBIDDEN, "ForbiddenException", "Forbidden")

    def _find(self, connection_id: str) -> "WebSocketConnection":
        if not _ID.fullmatch(connection_id):
            raise _RefusedError(
                HTTPStatus.BAD_REQUEST,
                "BadRequestException",
                f"Invalid connectionId: {connection_id}",
            )
        connection = self._api.connection(connection_id)
        if connection is None:
            raise _gone()
        return connection


def _gone() -> _RefusedError:
    return _RefusedError(HTTPStatus.GONE, "GoneException", "Gone")


def _seen(connection: "WebSocketConnection") -> JsonValue:
    client = connection.client
    return {
        "connectedAt": iso_moment(client.connected_epoch),
        "identity": client.identity,
        "lastActiveAt": iso_moment(connection.last_active_epoch),
    }


def _response(
    status: HTTPStatus, content: JsonValue = None, headers: Headers = ()
) -> HttpResponse:
    identified = (("x-amzn-requestid", str(uuid4())), *headers)
    if content is None:
        return HttpResponse(status=status, headers=identified)
    return json_response(status, content, identified)
