"""Who publishes: known by the tracing header, or where nobody else is at work."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from sandbox.bus.causes import Causes
from sandbox.trace_header import trace_header

ONE = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"
OTHER = "2f2e3d4c-5b6a-4978-8695-a4b3c2d1e0fa"
ROOT = "1-5759e988-1f2e3d4c5b6a49788695a4b3"


@pytest.fixture
def causes() -> Causes:
    """Nothing is at work yet."""
    return Causes()


@pytest.fixture
def at_work(causes: Causes) -> Iterator[ExitStack]:
    """Holds what is at work; closing it ends that."""
    with ExitStack() as stack:
        yield stack


def cause_of(causes: Causes, **environ: str) -> str | None:
    """Give whom an application at a port knows as the asking event."""
    found: list[str | None] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        found.append(causes.current)
        return []

    causes.around(app)(environ, lambda *_: lambda _: None)
    return found[0]


def test_a_tracing_header_names_the_event(causes: Causes, at_work: ExitStack) -> None:
    """However many are at work."""
    for each in (ONE, OTHER):
        at_work.enter_context(causes.at_work(each))
    header = trace_header(OTHER, root=ROOT)

    assert cause_of(causes, HTTP_X_AMZN_TRACE_ID=header) == OTHER


def test_the_only_event_needs_no_header(causes: Causes, at_work: ExitStack) -> None:
    """Nobody else could have asked; of two, either could."""
    at_work.enter_context(causes.at_work(ONE))
    assert cause_of(causes) == ONE

    at_work.enter_context(causes.at_work(OTHER))
    assert cause_of(causes) is None


def test_an_event_that_has_ended_causes_nothing(
    causes: Causes, at_work: ExitStack
) -> None:
    """Though its header comes late, and another is at work by then."""
    at_work.enter_context(causes.at_work(ONE))
    at_work.close()
    at_work.enter_context(causes.at_work(OTHER))
    header = trace_header(ONE, root=ROOT)

    assert cause_of(causes, HTTP_X_AMZN_TRACE_ID=header) is None


def test_outside_of_a_port_nothing_is_caused(
    causes: Causes, at_work: ExitStack
) -> None:
    """Rows that expire, or that a developer edits, while some event is at work."""
    at_work.enter_context(causes.at_work(ONE))
    cause_of(causes)

    assert causes.current is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_of_several_the_one_at_the_other_end_asks(
    causes: Causes, at_work: ExitStack
) -> None:
    """Whoever holds it is a worker, or is unknown."""
    for each in (ONE, OTHER):
        at_work.enter_context(causes.at_work(each))
    listener = at_work.enter_context(socket.create_server(("127.0.0.1", 0)))
    address = listener.getsockname()
    client = at_work.enter_context(socket.create_connection(address))
    ports: Any = {
        "SERVER_PORT": str(address[1]),
        "REMOTE_PORT": client.getsockname()[1],
    }

    assert cause_of(causes, **ports) is None
    causes.know(lambda: {os.getppid(): ONE, os.getpid(): OTHER})
    assert cause_of(causes, **ports) == OTHER


def test_nobody_is_looked_for_unasked(causes: Causes, at_work: ExitStack) -> None:
    """Most requests of tables publish nothing, and should not wait for that."""
    for each in (ONE, OTHER):
        at_work.enter_context(causes.at_work(each))
    asked: list[dict[int, str]] = []
    causes.know(lambda: asked.append({}) or {})  # type: ignore[func-returns-value]
    environ: Any = {"SERVER_PORT": "1", "REMOTE_PORT": 1}

    causes.around(lambda *_: [])(environ, lambda *_: lambda _: None)
    assert asked == []

    cause_of(causes, **environ)
    assert asked == [{}]
