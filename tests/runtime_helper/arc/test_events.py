"""`arc.events`: messages published to the sandbox's bus, and read."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.runtime_helper.arc import events
from sandbox.runtime_helper.arc._environment import NotEmulatedError


def record(text: str) -> dict[str, Any]:
    return {"Sns": {"Message": text}}


@pytest.mark.parametrize(
    ("event", "parsed"),
    [
        ({"Records": [record('{"a": 1}')]}, {"a": 1}),
        ({"Records": [record("1"), record("[2]")]}, [1, [2]]),
    ],
)
def test_parse_gives_one_message_or_a_list(event: Any, parsed: Any) -> None:
    """As the PyPI helper does."""
    assert events.parse(event) == parsed


def test_publish_posts_to_the_bus(
    sandboxed: Callable[..., None], port: int, listener: Any
) -> None:
    """Name and payload, as `@architect/sandbox` takes them."""
    sandboxed({"events": port})

    events.publish("hit-counter", {"hits": 1})

    assert listener.posted == [
        ("/events", {"name": "hit-counter", "payload": {"hits": 1}})
    ]


def test_publish_without_a_bus_says_so(sandboxed: Callable[..., None]) -> None:
    """No port, or nobody there any more."""
    for ports in ({"tables": 1}, {"events": 1}):
        sandboxed(ports)
        with pytest.raises(NotEmulatedError, match="reached no event bus"):
            events.publish("hit-counter", {})


def test_publish_tells_a_refusal(
    sandboxed: Callable[..., None], port: int, listener: Any
) -> None:
    """An event that the bus does not know is no success, nor is a bad message."""
    sandboxed({"events": port})
    listener.status = "404 Not Found"

    with pytest.raises(NameError, match=r'publish."nobody".: '):
        events.publish("nobody", {})
    listener.status = "400 Bad Request"
    with pytest.raises(RuntimeError, match=r'publish."nobody".: '):
        events.publish("nobody", {})
