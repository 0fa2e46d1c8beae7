"""WebSocketApi: API Gateway's WebSocket API for one app, and who is connected to it.

Architect deploys it with `$request.body.action` as the route selection expression, and
without route responses: what a handler returns to a message is not sent (`@architect/
package` 10; API Gateway developer guide, "Set up route responses for WebSocket APIs").
A handler that fails, or answers with a status from 400 on, has its client told so.
"""

import base64
import json
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

from sandbox.bus.event_bus import EventBus
from sandbox.clock import Clock
from sandbox.errors import SandboxError
from sandbox.exchange import Execution, OpenConnection, Returned
from sandbox.gateway.request_parts import ApiFacts
from sandbox.gateway.wsgi import json_response, phrase_of, read_head, respond
from sandbox.http1.upgrade import UPGRADE, TakeOver, Wire
from sandbox.json_value import JsonValue, strict_json
from sandbox.notice import Notice, WarnOnce
from sandbox.project.model import Function, Project
from sandbox.project.source import Projects, find_function
from sandbox.websocket.events import (
    CONNECT,
    DEFAULT,
    DISCONNECT,
    GOING_AWAY,
    MAX_MESSAGE_BYTES,
    NORMAL,
    Client,
    Closing,
    connect_event,
    disconnect_event,
    message_event,
)
from sandbox.websocket.results import fault_of, status_of, subprotocol_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from sandbox.websocket.connection import Accepted, WebSocketConnection

_MOST_AT_WORK = 100
"""Messages of one client; what more it sends is left in its socket until then."""
_ID_BYTES = 11
_OWN_ROUTES = frozenset((CONNECT, DEFAULT, DISCONNECT))
_FAILED = (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY)


class WebSocketApi:
    """The connections of an app's clients. Safe between threads.

    Args:
        projects: asked at each event.
        bus: runs the functions.
        stage: gives the stage, once somebody connects.
        clock: the sandbox's time, by which connections end.
        say: told what no client can be told.
    """

    def __init__(
        self,
        projects: Projects,
        bus: EventBus,
        *,
        stage: Callable[[], str],
        clock: Clock,
        say: Callable[[Notice], None],
    ) -> None:
        self._projects = projects
        self._bus = bus
        self._stage = stage
        self._clock = clock
        self._say = say
        self._warn_once = WarnOnce(say)
        self._lock = threading.Lock()
        self._has_place = threading.Condition(self._lock)
        self._open: dict[str, WebSocketConnection] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._at_work: Counter[str] = Counter()
        """Messages by connection."""
        self._times_cleared = 0

    @property
    def connections(self) -> tuple[OpenConnection, ...]:
        """Those that are open, as they are now, the oldest first."""
        with self._lock:
            connections = tuple(self._open.values())
        return tuple(connection.seen() for connection in connections)

    def subscribe(self, listener: Callable[[str], None]) -> None:
        """Have `listener` told the id of what opens, ends, or has passed a message.

        It is called in the thread that does so, and must not block.
        """
        self._listeners.append(listener)

    def around(self, app: "WSGIApplication") -> "WSGIApplication":
        """Give an application that takes WebSockets, and leaves all else to `app`.

        So does it where the app has no @ws, as an HTTP API knows no upgrade, and for
        HTTP/1.0, in which nobody can ask for one (RFC 9110 section 7.8).
        """

        def answer(
            environ: "WSGIEnvironment", start_response: "StartResponse"
        ) -> Iterable[bytes]:
            if (
                environ.get("HTTP_UPGRADE", "").lower() == "websocket"
                and environ["SERVER_PROTOCOL"] != "HTTP/1.0"
            ):
                connect = self._connect_function() if UPGRADE in environ else None
                if connect is not None:
                    return self._connect(environ, start_response, *connect)
            return app(environ, start_response)

        return answer

    def connection(self, connection_id: str) -> "WebSocketConnection | None":
        """Give an open connection."""
        with self._lock:
            return self._open.get(connection_id)

    def send(self, connection_id: str, data: bytes) -> bool:
        """Send a message to a client; gives whether one is there to take it.

        Raises:
            ValueError: it is larger than API Gateway takes.
        """
        if len(data) > MAX_MESSAGE_BYTES:
            raise ValueError(f"a message has at most {MAX_MESSAGE_BYTES} bytes")
        connection = self.connection(connection_id)
        return connection is not None and connection.send(data)

    def end(self, connection_id: str) -> bool:
        """Begin to end a connection, as `@connections` does; gives whether it is open.

        Its function of `@ws disconnect` is told of it, as on AWS.
        """
        connection = self.connection(connection_id)
        if connection is not None:
            connection.close(NORMAL)
        return connection is not None

    def tick(self) -> None:
        """End what was idle for ten minutes, or is open for two hours."""
        now = self._clock.now_epoch()
        with self._lock:
            connections = tuple(self._open.values())
        for connection in connections:
            if now >= connection.ends_epoch:
                connection.close(GOING_AWAY)

    def clear(self) -> None:
        """Close all connections, and who is connecting, without events of that."""
        with self._lock:
            connections = tuple(self._open.values())
            self._open.clear()
            self._times_cleared += 1
            self._has_place.notify_all()
        for connection in connections:
            connection.close(GOING_AWAY)

    def _tell_listeners(self, connection_id: str) -> None:
        for listener in self._listeners:
            listener(connection_id)

    # From a handshake to its end

    def _connect_function(self) -> tuple[Project, Function] | None:
        try:
            return find_function(self._projects, _key_of(CONNECT))
        except SandboxError:  # which the app itself answers with
            return None

    def _connect(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        project: Project,
        function: Function,
    ) -> Iterable[bytes]:
        # With wsproto, which takes 15 ms that few apps need to wait for.
        from sandbox.websocket.connection import Handshake, HandshakeError

        request = read_head(environ)
        try:
            handshake = Handshake(request)
        except HandshakeError as error:
            refusal = json_response(
                error.status, {"message": str(error)}, error.headers
            )
            return respond(refusal, start_response)
        client = Client(
            connection_id=_new_id(),
            connected_epoch=self._clock.now_epoch(),
            request=request,
            facts=ApiFacts.from_project(project, port=int(environ["SERVER_PORT"])),
            stage=self._stage(),
        )
        request_id = _new_id()
        event = connect_event(client, request_id=request_id, trace=str(uuid4()))
        with self._lock:
            execution, cleared = self._bus.post(function, event), self._times_cleared
        status, result = self._outcome_of(execution, function)
        if status not in range(200, 300):
            status = status or HTTPStatus.BAD_GATEWAY
            refusal = json_response(status, _bad_news(status, client, request_id))
            return respond(refusal, start_response)
        subprotocol = subprotocol_of(result, handshake.subprotocols)
        take_over: TakeOver = environ[UPGRADE]
        accepted = handshake.accept(subprotocol)
        return take_over(partial(self._speak, client, accepted, cleared))

    def _speak(
        self, client: Client, accepted: "Accepted", cleared: int, wire: Wire
    ) -> None:
        from sandbox.websocket.connection import WebSocketConnection

        tell = partial(self._tell_listeners, client.connection_id)
        connection = WebSocketConnection(
            client, wire, accepted, clock=self._clock, on_passed=tell
        )

        def admit() -> None:
            with self._lock:
                if cleared == self._times_cleared:
                    self._open[client.connection_id] = connection

        connection.open(admit)
        if self.connection(client.connection_id) is None:
            connection.close(GOING_AWAY)
        tell()
        try:
            closing = connection.serve(partial(self._take, connection))
            self._tell_disconnected(client, closing)
        finally:
            with self._lock:
                self._open.pop(client.connection_id, None)
            tell()

    def _take(self, connection: "WebSocketConnection", text: str) -> None:
        """Run the function that a message is for."""
        client, request_id = connection.client, _new_id()
        try:
            found = self._route(text)
        except SandboxError as error:
            self._say(Notice(level="error", text=str(error)))
            self._tell_failed(connection, HTTPStatus.INTERNAL_SERVER_ERROR, request_id)
            return
        if found is None:
            self._tell_failed(connection, HTTPStatus.FORBIDDEN, request_id)
            return
        route_key, function = found
        event = message_event(
            client,
            text,
            route_key=route_key,
            request_id=request_id,
            message_id=_new_id(),
            now_epoch=self._clock.now_epoch(),
        )

        def answer(execution: Future[Execution]) -> None:
            status, _ = self._outcome_of(execution, function)
            if status is not None and status >= HTTPStatus.BAD_REQUEST:
                told = HTTPStatus.INTERNAL_SERVER_ERROR
                self._tell_failed(connection, told, request_id)
            self._end_message(client)

        execution = self._post_message(client, function, event)
        if execution is not None:
            execution.add_done_callback(answer)

    def _post_message(
        self, client: Client, function: Function, event: JsonValue
    ) -> Future[Execution] | None:
        """Have a function run, unless its client was cleared away meanwhile.

        Blocks a client that is too far ahead of its functions.
        """
        key = client.connection_id
        with self._lock:
            self._has_place.wait_for(
                lambda: key not in self._open or self._at_work[key] < _MOST_AT_WORK
            )
            if key not in self._open:
                return None
            self._at_work[key] += 1
            return self._bus.post(function, event)

    def _end_message(self, client: Client) -> None:
        key = client.connection_id
        with self._lock:
            self._at_work[key] -= 1
            if not self._at_work[key]:
                del self._at_work[key]
            self._has_place.notify_all()

    def _route(self, text: str) -> tuple[str, Function] | None:
        """Give the route that a message chooses, or `$default`."""
        for route_key in (_action_of(text), DEFAULT):
            if route_key and (
                found := find_function(self._projects, _key_of(route_key))
            ):
                return route_key, found[1]
        return None

    def _tell_failed(
        self, connection: "WebSocketConnection", status: HTTPStatus, request_id: str
    ) -> None:
        news = _bad_news(status, connection.client, request_id)
        connection.send(json.dumps(news).encode())

    def _tell_disconnected(self, client: Client, closing: Closing) -> None:
        try:
            found = find_function(self._projects, _key_of(DISCONNECT))
        except SandboxError as error:
            self._say(Notice(level="error", text=str(error)))
            return
        if found is not None:
            event = disconnect_event(
                client,
                closing,
                request_id=_new_id(),
                now_epoch=self._clock.now_epoch(),
            )
            with self._lock:
                if self._open.pop(client.connection_id, None) is not None:
                    self._bus.post(found[1], event)

    def _outcome_of(
        self, execution: Future[Execution], function: Function
    ) -> tuple[int | None, JsonValue]:
        """Give the status and the result of an event, once it ends.

        That of a failure is 502; None stands for a result without one.
        """
        try:
            outcome = execution.result().outcome
        except Exception:  # noqa: BLE001 - told by the bus, or cancelled at the end
            return HTTPStatus.BAD_GATEWAY, None
        if not isinstance(outcome, Returned):
            return HTTPStatus.BAD_GATEWAY, None
        status = status_of(outcome.value)
        if status is None:
            self._warn_once(
                f"{function.key} returned {fault_of(outcome.value)}, which API "
                'Gateway takes for a failure. Return {"statusCode": 200}.',
                about=function.key,
            )
        return status, outcome.value


def _key_of(route_key: str) -> str:
    """Give the key of a route's function: `@ws connect` for `$connect`."""
    return f"@ws {route_key[1:] if route_key in _OWN_ROUTES else route_key}"


def _action_of(text: str) -> str | None:
    """Give the route key that a message names, by `$request.body.action`.

    The three routes of API Gateway's own are called `$connect` and so on there.
    """
    try:
        body = strict_json(text)
    except (ValueError, RecursionError):
        return None
    action = body.get("action") if isinstance(body, Mapping) else None
    if not isinstance(action, str) or f"${action.removeprefix('$')}" in _OWN_ROUTES:
        return None
    return action


def _bad_news(status: int, client: Client, request_id: str) -> dict[str, JsonValue]:
    """Give what API Gateway tells a client of a refusal, or a failure."""
    return {
        "message": "Internal server error" if status in _FAILED else phrase_of(status),
        "connectionId": client.connection_id,
        "requestId": request_id,
    }


def _new_id() -> str:
    """Give an id in API Gateway's form, such as `PJqB0fHsqRcCHlw=`."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_ID_BYTES)).decode("ascii")
