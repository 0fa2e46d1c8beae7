"""EventBus: takes messages and changes of tables, and runs the functions for them.

Whoever publishes is answered at once, as by SNS and SQS. A FIFO queue's message group
and a table's stream are delivered one event after another; all else side by side. AWS
tries again what has failed; here it is told. What comes by WebSocket is run here too,
and told alike.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

from sandbox.bus.causes import Causes
from sandbox.bus.kept_deliveries import KeptDeliveries
from sandbox.bus.messages import (
    Kind,
    Message,
    MessageError,
    is_fifo,
    lambda_event,
    order_group,
    read_message,
)
from sandbox.clock import Clock
from sandbox.errors import SandboxError
from sandbox.exchange import Delivery, Execution, Invocation
from sandbox.host_header import LOOPBACK_NAMES, bare_host, is_own_origin
from sandbox.http1.wsgi_input import read_input
from sandbox.json_value import JsonText, JsonValue
from sandbox.notice import Notice, WarnOnce
from sandbox.project.model import Function, Project
from sandbox.project.source import Projects, find_function

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_MOST_AT_ONCE = 10
"""Of one function, where its `concurrency` sets no lower bound."""
_MAX_BODY_BYTES = 8 * 2**20
_CLOSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """An event that waits for its function, and who waits for what becomes of it."""

    invocation: Invocation
    group: str
    """What is kept in order; an event that nothing comes before has its own."""
    cause: str | None
    execution: Future[Execution] = field(default_factory=Future)


class _Lane:
    """The events that wait for one function: by group, the oldest first.

    Attributes:
        at_work: how many threads deliver them.
    """

    def __init__(self) -> None:
        self.at_work = 0
        self._groups: dict[str, deque[_Waiting]] = {}
        self._free: deque[str] = deque()

    @property
    def waiting(self) -> tuple[_Waiting, ...]:
        """All of them."""
        return tuple(one for group in self._groups.values() for one in group)

    @property
    def under_way(self) -> int:
        """How many they are, with those that are being delivered: one a taken group."""
        return len(self.waiting) + len(self._groups) - len(self._free)

    def add(self, waiting: _Waiting) -> bool:
        """Have one more wait; gives whether its group lets it be delivered now."""
        is_free = waiting.group not in self._groups
        if is_free:
            self._groups[waiting.group] = deque()
            self._free.append(waiting.group)
        self._groups[waiting.group].append(waiting)
        return is_free

    def take(self) -> _Waiting | None:
        """Give what is to be delivered next; none else of its group until `release`."""
        return self._groups[self._free.popleft()].popleft() if self._free else None

    def release(self, group: str) -> None:
        """Let the next of a group be delivered."""
        if self._groups[group]:
            self._free.append(group)
        else:
            del self._groups[group]

    def clear(self) -> None:
        """Drop all that wait; the groups of what is being delivered stay taken."""
        for group in self._free:
            del self._groups[group]
        self._free.clear()
        for taken in self._groups.values():
            taken.clear()


class EventBus:
    """Delivers events; and a WSGI application to publish by. Safe between threads.

    Args:
        projects: asked at each message.
        invoke: runs a function; blocks until its outcome.
        clock: the sandbox's time.
        say: told what is not about a single delivery.

    Attributes:
        causes: told what is at work, knows what of that publishes.
    """

    def __init__(
        self,
        projects: Projects,
        invoke: Callable[[Invocation], Execution],
        *,
        clock: Clock,
        say: Callable[[Notice], None],
    ) -> None:
        self._projects = projects
        self._invoke = invoke
        self._clock = clock
        self._say = say
        self._warn_once = WarnOnce(say)
        self.causes = Causes()
        self._lock = threading.Lock()
        self._rested = threading.Condition(self._lock)
        self._lanes: dict[str, _Lane] = {}
        self._kept = KeptDeliveries()
        self._listeners: list[Callable[[Delivery], None]] = []
        self._is_closed = False

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The last since the sandbox started or was reset, oldest first.

        At most 500 of them, and about 32 MB.
        """
        with self._lock:
            return self._kept.all

    @property
    def under_way(self) -> int:
        """How many events wait, or are being delivered."""
        with self._lock:
            return sum(lane.under_way for lane in self._lanes.values())

    def subscribe(self, listener: Callable[[Delivery], None]) -> None:
        """Have `listener` called with each delivery, from the thread that made it."""
        self._listeners.append(listener)

    def post(
        self, function: Function, event: JsonValue, *, request_id: str = ""
    ) -> Future[Execution]:
        """Have a function run with an event, after those that are posted already.

        Returns at once, with what will become of it; cancelled where all is to end.

        Args:
            function: what is run.
            event: what it is given.
            request_id: a UUID, where whoever posts wants to know it.
        """
        request_id = request_id or str(uuid4())
        group = order_group(function, event)
        waiting = _Waiting(
            invocation=Invocation(
                request_id=request_id, function=function, event=JsonText.of(event)
            ),
            group=request_id if group is None else group,
            cause=self.causes.current,
        )
        most, key = _most_at_once(function), function.key
        with self._lock:
            if self._is_closed:
                waiting.execution.cancel()
                return waiting.execution
            lane = self._lanes.setdefault(key, _Lane())
            if not lane.add(waiting) or lane.at_work >= most:
                return waiting.execution
            lane.at_work += 1
        threading.Thread(
            target=self._deliver_from, args=(key, lane), name="arc-bus", daemon=True
        ).start()
        return waiting.execution

    def wait_idle(self, timeout_seconds: float = 5.0) -> bool:
        """Wait until all that was posted is delivered; False if time runs out."""
        with self._lock:
            return self._rested.wait_for(lambda: not self._lanes, timeout_seconds)

    def clear(self) -> None:
        """Forget what was delivered."""
        with self._lock:
            self._kept.clear()

    def stop(self) -> None:
        """Deliver nothing any more; what is being delivered goes on."""
        with self._lock:
            self._is_closed = True
            waiting = [w for lane in self._lanes.values() for w in lane.waiting]
            for lane in self._lanes.values():
                lane.clear()
        for each in waiting:
            each.execution.cancel()

    def resume(self) -> None:
        """Take events again, after `stop`."""
        with self._lock:
            self._is_closed = False

    def close(self) -> None:
        """Stop, and wait for what is being delivered."""
        self.stop()
        self.wait_idle(_CLOSE_SECONDS)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Take one message; answers `ok`, or says what is wrong with it."""
        try:
            self._publish(_read(environ))
            status, text = 200, "ok"
        except MessageError as error:
            status, text = error.status, error.text
            # architect-functions only prints that; on AWS its call fails.
            self._warn_once(f"A message was refused. {text}")
        except SandboxError as error:
            status, text = 500, str(error)
        body = text.encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
        ]
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [body]

    def _publish(self, message: Message) -> None:
        found = find_function(self._projects, f"@{message.kind} {message.name}")
        if found is None:
            known = _named(self._projects.current(), message.kind)
            raise MessageError(
                404,
                f'There is no "{message.name}" under @{message.kind}; '
                f"there is {known}.",
            )
        project, function = found
        if message.is_delayed:
            text = "delaySeconds is not emulated: messages are delivered at once."
            refused = " AWS refuses it for a FIFO queue."
            self._warn_once(f"{text}{refused if is_fifo(function) else ''}")
        event = lambda_event(
            message,
            function,
            message_id=str(uuid4()),
            region=project.region,
            now_epoch=self._clock.now_epoch(),
        )
        if self.post(function, event).cancelled():
            raise MessageError(503, "The sandbox takes no more messages.")

    def _deliver_from(self, key: str, lane: _Lane) -> None:
        waiting: _Waiting | None = None
        while (waiting := self._next(key, lane, done=waiting)) is not None:
            try:
                execution = self._deliver(waiting)
            except Exception as error:  # noqa: BLE001 - told, and the next is delivered
                is_told = isinstance(error, SandboxError)
                text = str(error) if is_told else f"A bug of arc-sandbox: {error!r}"
                self._say(Notice(level="error", text=f"{key}: {text}"))
                waiting.execution.set_exception(error)
            else:
                waiting.execution.set_result(execution)

    def _next(self, key: str, lane: _Lane, *, done: _Waiting | None) -> _Waiting | None:
        """Take the next message; the last deliverer closes the lane."""
        with self._lock:
            if done is not None:
                lane.release(done.group)
            waiting = lane.take()
            if waiting is not None:
                return waiting
            lane.at_work -= 1
            if not lane.at_work:
                del self._lanes[key]
                self._rested.notify_all()
            return None

    def _deliver(self, waiting: _Waiting) -> Execution:
        started_epoch = self._clock.now_epoch()
        execution = self._invoke(waiting.invocation)
        delivery = Delivery(
            invocation=waiting.invocation,
            started_epoch=started_epoch,
            execution=execution,
            cause=waiting.cause,
        )
        with self._lock:
            if self._is_closed:
                return execution
            self._kept.append(delivery)
        for listener in self._listeners:
            listener(delivery)
        return execution


def _most_at_once(function: Function) -> int:
    """Give how many events a function is given at once.

    What its `concurrency` leaves no place for is not lost on AWS, but tried again
    (AWS Lambda Developer Guide, "Asynchronous invocation", "Amazon SQS"). With 0,
    each is throttled, which is told.
    """
    return min(function.config.concurrency or _MOST_AT_ONCE, _MOST_AT_ONCE)


def _named(project: Project, kind: Kind) -> str:
    names = [f'"{f.name}"' for f in project.functions if f.pragma == kind]
    return ", ".join(names) or "none"


def _read(environ: "WSGIEnvironment") -> Message:
    _check_sender(environ)
    if environ["REQUEST_METHOD"] != "POST":
        raise MessageError(405, "Messages are posted: POST /events or /queues.")
    body = read_input(environ, most_bytes=_MAX_BODY_BYTES)
    if body is None:
        raise MessageError(413, "The message is larger than AWS takes.")
    return read_message(environ.get("PATH_INFO", "/"), body)


def _check_sender(environ: "WSGIEnvironment") -> None:
    """Let programs of this machine in and web pages not, as the tables' port does."""
    host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN")
    scheme = environ.get("wsgi.url_scheme", "http")
    is_own = is_own_origin(origin, scheme=scheme, host=host)
    if not is_own or bare_host(host) not in LOOPBACK_NAMES:
        raise MessageError(403, "Only functions of this machine may publish here.")
