"""Messages on their way: taken, kept in order, delivered, told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from sandbox.bus.event_bus import EventBus
from sandbox.clock import MovableClock
from sandbox.errors import AppError
from sandbox.exchange import Execution, Invocation, Returned
from sandbox.notice import Notice
from sandbox.project.model import Function, Project
from tests.functions import function_of

DEADLINE = 10.0


FUNCTIONS = (
    function_of("ping", pragma="events"),
    function_of("ping", pragma="queues", fifo=True),
    function_of("loose", pragma="queues", fifo=False),
    function_of("few", pragma="events", concurrency=2),
    function_of("narrow", pragma="queues", fifo=True, concurrency=2),
    function_of("single", pragma="queues", fifo=True, concurrency=1),
    function_of("get /", pragma="http"),
)


class Work:
    """Stands for the functions: each waits until it is let go."""

    def __init__(self) -> None:
        self.begun: list[Invocation] = []
        self.log: list[tuple[Invocation, str]] = []
        self.project = Project(
            root=Path("/app"), name="demo", manifest_file=None, functions=FUNCTIONS
        )
        self.unreadable: Exception | None = None
        self.failing: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.said: list[Notice] = []
        self._changed = threading.Condition()

    def current(self, function: Function | None = None) -> Project:
        """Give the project, as its source would."""
        if self.unreadable is not None:
            raise self.unreadable
        return self.project

    def invoke(self, invocation: Invocation) -> Execution:
        """Begin, and end once the gate is open."""
        with self._changed:
            self.begun.append(invocation)
            self.log.append((invocation, "begun"))
            self._changed.notify_all()
        assert self.gate.wait(DEADLINE)
        self.log.append((invocation, "ended"))
        if self.failing is not None:
            raise self.failing
        return Execution(outcome=Returned(value=None))

    def wait_begun(self, count: int) -> None:
        """Wait until so many have begun."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.begun) >= count, DEADLINE)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let none end meanwhile."""
        self.gate.clear()
        try:
            yield
        finally:
            self.gate.set()


@pytest.fixture
def work() -> Work:
    """The functions of an app."""
    return Work()


@pytest.fixture
def bus(work: Work) -> Iterator[EventBus]:
    """A bus that delivers to them."""
    bus = EventBus(work, work.invoke, clock=MovableClock(), say=work.said.append)
    yield bus
    work.gate.set()
    bus.close()


def post(app: Any, path: str, posted: object, **environ: str) -> tuple[str, str]:
    """Give status and text of the answer to a message."""
    body = json.dumps(posted).encode()
    told: list[str] = []
    answer = app(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "HTTP_HOST": "localhost:4444",
            "wsgi.input": BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
            **environ,
        },
        lambda status, *_: told.append(status),
    )
    return told[0], b"".join(answer).decode()


def message(name: str, payload: object = None) -> dict[str, object]:
    return {"name": name, "payload": payload}


def payloads(invocations: list[Invocation]) -> list[Any]:
    events: list[Any] = [one.event.value() for one in invocations]
    return [json.loads(event["Records"][0]["body"]) for event in events]


def test_publishing_does_not_wait_for_the_function(bus: EventBus, work: Work) -> None:
    """It is answered at once, and delivered by itself."""
    told: list[str] = []
    bus.subscribe(lambda delivery: told.append(delivery.function.key))

    with work.held():
        assert post(bus, "/events", message("ping", 1)) == ("200 OK", "ok")
        work.wait_begun(1)
        assert not bus.wait_idle(0.0)
        assert bus.deliveries == ()
    assert bus.wait_idle(DEADLINE)

    (delivery,) = bus.deliveries
    event: Any = delivery.event
    assert event["Records"][0]["Sns"]["Message"] == "1"
    assert told == ["@events ping"]


def test_a_fifo_queue_keeps_its_order(bus: EventBus, work: Work) -> None:
    """One message after another, though all were taken at once."""
    with work.held():
        for number in range(20):
            post(bus, "/queues", message("ping", number))
        work.wait_begun(1)
        assert len(work.begun) == 1
    assert bus.wait_idle(DEADLINE)

    assert payloads(work.begun) == list(range(20))


def test_message_groups_are_delivered_side_by_side(bus: EventBus, work: Work) -> None:
    """One group that is slow keeps no other waiting, nor itself out of order."""
    with work.held():
        for number in range(6):
            group = "ab"[number % 2]
            post(bus, "/queues", {**message("ping", number), "groupID": group})
        work.wait_begun(2)
        assert payloads(work.begun) == [0, 1]
    assert bus.wait_idle(DEADLINE)

    assert [n for n in payloads(work.begun) if n % 2 == 0] == [0, 2, 4]
    assert [n for n in payloads(work.begun) if n % 2] == [1, 3, 5]


def test_no_two_of_a_group_are_ever_at_work(bus: EventBus, work: Work) -> None:
    """However many groups there are, and whoever is done first."""
    groups = "abcdefghijkl"
    for number in range(20):
        for group in groups:
            sent = message("ping", [group, number])
            post(bus, "/queues", {**sent, "groupID": group})
    assert bus.wait_idle(DEADLINE)

    log = [(*payloads([one])[0], step) for one, step in work.log]
    for group in groups:
        own = [(number, step) for of, number, step in log if of == group]
        assert own == [(n, step) for n in range(20) for step in ("begun", "ended")]


def test_the_functions_concurrency_holds_for_all_its_groups(
    bus: EventBus, work: Work
) -> None:
    """Those beyond it wait, and are delivered."""
    with work.held():
        for group in "abc":
            sent = message("narrow", group)
            post(bus, "/queues", {**sent, "groupID": group})
        work.wait_begun(2)
        assert payloads(work.begun) == ["a", "b"]
    assert bus.wait_idle(DEADLINE)

    assert payloads(work.begun) == ["a", "b", "c"]


def test_a_long_group_keeps_no_other_waiting(bus: EventBus, work: Work) -> None:
    """They take turns where one is delivered at a time."""
    with work.held():
        for name in ("a1", "a2", "a3", "b1"):
            post(bus, "/queues", {**message("single", name), "groupID": name[0]})
    assert bus.wait_idle(DEADLINE)

    assert payloads(work.begun) == ["a1", "b1", "a2", "a3"]


def test_a_group_that_was_dropped_is_taken_up_again(bus: EventBus, work: Work) -> None:
    """What waited is gone; what comes later waits for what was at work already."""
    with work.held():
        for number in range(2):
            post(bus, "/queues", message("ping", number))
        work.wait_begun(1)
        bus.stop()
        bus.resume()
        post(bus, "/queues", message("ping", 2))
        assert payloads(work.begun) == [0]
    assert bus.wait_idle(DEADLINE)

    assert payloads(work.begun) == [0, 2]


def test_a_group_that_waited_in_vain_is_delivered_later(
    bus: EventBus, work: Work
) -> None:
    """Of what was dropped, nothing bars the way, though others are at work still."""
    with work.held():
        for name in ("a1", "b1"):
            post(bus, "/queues", {**message("single", name), "groupID": name[0]})
        work.wait_begun(1)
        bus.stop()
        bus.resume()
        post(bus, "/queues", {**message("single", "b2"), "groupID": "b"})
    assert bus.wait_idle(DEADLINE)

    assert payloads(work.begun) == ["a1", "b2"]


def test_other_messages_are_delivered_side_by_side(bus: EventBus, work: Work) -> None:
    """Ten at once; and what waits for one function keeps no other waiting."""
    with work.held():
        for number in range(12):
            post(bus, "/queues", message("loose", number))
        work.wait_begun(10)
        post(bus, "/events", message("ping"))
        work.wait_begun(11)
        assert [one.function.name for one in work.begun] == ["loose"] * 10 + ["ping"]
    assert bus.wait_idle(DEADLINE)

    assert len(work.begun) == 13


def test_no_message_is_lost_to_the_functions_concurrency(
    bus: EventBus, work: Work
) -> None:
    """Where AWS would throttle and try again, they wait."""
    with work.held():
        for number in range(5):
            post(bus, "/events", message("few", number))
        work.wait_begun(2)
        assert len(work.begun) == 2
    assert bus.wait_idle(DEADLINE)

    assert len(work.begun) == 5


@pytest.mark.parametrize(
    ("path", "name", "text"),
    [
        (
            "/events",
            "pong",
            'There is no "pong" under @events; there is "ping", "few".',
        ),
        (
            "/queues",
            "get /",
            'under @queues; there is "ping", "loose", "narrow", "single".',
        ),
    ],
)
def test_a_message_for_nobody_is_told(
    bus: EventBus, work: Work, path: str, name: str, text: str
) -> None:
    """To the helper, and once to whoever watches: not every helper fails by it."""
    answers = [post(bus, path, message(name)) for _ in range(2)]

    assert {status for status, _ in answers} == {"404 Not Found"}
    assert text in answers[0][1]
    assert [notice.level for notice in work.said] == ["warning"]
    assert text in work.said[0].text


def test_delays_are_told(bus: EventBus, work: Work) -> None:
    """Once each: nothing waits here, and a FIFO queue refuses them on AWS."""
    for name in ("ping", "loose", "ping"):
        post(bus, "/queues", {**message(name), "delaySeconds": 60})

    refused = "AWS refuses it"
    assert [refused in notice.text for notice in work.said] == [True, False]


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_HOST": "evil.example:4444"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
    ],
)
def test_web_pages_may_not_publish(
    bus: EventBus, work: Work, environ: dict[str, str]
) -> None:
    """Nor names that only resolve to this machine."""
    status, _ = post(bus, "/events", message("ping"), **environ)

    assert status == "403 Forbidden"
    assert work.begun == []


def test_messages_are_posted(bus: EventBus) -> None:
    """Other methods are told so."""
    status, text = post(bus, "/events", message("ping"), REQUEST_METHOD="GET")

    assert status == "405 Method Not Allowed"
    assert "POST /events" in text


@pytest.mark.parametrize("length", ["", "0", "many"])
def test_a_message_may_come_without_its_length(bus: EventBus, length: str) -> None:
    """In chunks; the server says where they end."""
    chunked: dict[str, Any] = {"wsgi.input_terminated": True, "CONTENT_LENGTH": length}

    assert post(bus, "/events", message("ping"), **chunked) == ("200 OK", "ok")


def test_no_more_is_read_than_is_announced(bus: EventBus) -> None:
    """Where nothing says that it ends, and where it is announced."""
    cut = post(bus, "/events", message("ping"), CONTENT_LENGTH="5")
    none = post(bus, "/events", message("ping"), CONTENT_LENGTH="")

    assert [status for status, _ in (cut, none)] == ["400 Bad Request"] * 2


def test_a_huge_message_is_not_read_to_its_end(bus: EventBus) -> None:
    """What is cut off is no JSON, which is not what is wrong with it."""
    status, text = post(bus, "/events", message("ping", "x" * 2**23))

    assert (status[:3], text) == ("413", "The message is larger than AWS takes.")


def test_an_app_that_cannot_be_read_takes_no_message(bus: EventBus, work: Work) -> None:
    """The helper is told why."""
    work.unreadable = AppError("app.arc is broken.")

    assert post(bus, "/events", message("ping")) == (
        "500 Internal Server Error",
        "app.arc is broken.",
    )


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (AppError("No seeds."), "@events ping: No seeds."),
        (KeyError("x"), "@events ping: A bug of arc-sandbox: KeyError('x')"),
    ],
)
def test_what_keeps_a_function_from_running_is_told(
    bus: EventBus, work: Work, failure: Exception, told: str
) -> None:
    """And the next message is delivered."""
    for failing in (failure, None):
        work.failing = failing
        post(bus, "/events", message("ping"))
        assert bus.wait_idle(DEADLINE)

    assert [notice.text for notice in work.said] == [told]
    assert len(bus.deliveries) == 1
    bus.clear()
    assert bus.deliveries == ()


def test_closing_drops_what_waits(bus: EventBus, work: Work) -> None:
    """What is being delivered ends, untold; nothing new is taken."""
    told: list[object] = []
    bus.subscribe(told.append)
    with work.held():
        for number in range(3):
            post(bus, "/queues", message("ping", number))
        work.wait_begun(1)
        bus.stop()
        assert post(bus, "/events", message("ping"))[0] == "503 Service Unavailable"
    bus.close()

    assert len(work.begun) == 1
    assert told == []
    assert bus.wait_idle(DEADLINE)


def test_whoever_posts_may_wait_for_what_becomes_of_it(
    bus: EventBus, work: Work
) -> None:
    """The execution, or what kept the function from running."""
    function = FUNCTIONS[0]
    done = bus.post(function, {}).result(DEADLINE)
    work.failing = AppError("no worker")
    failed = bus.post(function, {})

    assert done.outcome == Returned(value=None)
    assert isinstance(failed.exception(DEADLINE), AppError)


def test_whoever_posts_learns_that_it_will_never_run(bus: EventBus, work: Work) -> None:
    """What waited, or comes later, is cancelled; what has begun ends."""
    queue = FUNCTIONS[1]
    with work.held():
        begun, waiting = bus.post(queue, 1), bus.post(queue, 2)
        work.wait_begun(1)
        bus.stop()
        late = bus.post(queue, 3)

    assert waiting.cancelled()
    assert late.cancelled()
    assert begun.result(DEADLINE).outcome == Returned(value=None)


def test_a_delivery_knows_what_has_caused_it(bus: EventBus, work: Work) -> None:
    """The event that was at work when its message came."""
    app = bus.causes.around(bus)
    with bus.causes.at_work("cause"):
        post(app, "/queues", message("ping", 1))
    post(app, "/queues", message("ping", 2))
    assert bus.wait_idle(DEADLINE)

    assert [one.cause for one in bus.deliveries] == ["cause", None]


def test_what_is_under_way_is_counted(bus: EventBus, work: Work) -> None:
    """What waits, and what is being delivered; whoever posts may name an event."""
    queue = FUNCTIONS[1]
    with work.held():
        for number in range(3):
            bus.post(queue, number, request_id=f"id-{number}")
        work.wait_begun(1)
        assert bus.under_way == 3
    assert bus.wait_idle(DEADLINE)

    assert bus.under_way == 0
    ids = [one.invocation.request_id for one in bus.deliveries]
    assert ids == ["id-0", "id-1", "id-2"]
