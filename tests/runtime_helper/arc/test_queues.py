"""`arc.queues`: messages published to the sandbox's bus, and read."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.runtime_helper.arc import queues
from sandbox.runtime_helper.arc._environment import NotEmulatedError


@pytest.mark.parametrize(
    ("event", "parsed"),
    [
        ({"Records": [{"body": '{"a": 1}'}]}, {"a": 1}),
        ({"Records": [{"body": "1"}, {"body": "[2]"}]}, [1, [2]]),
    ],
)
def test_parse_gives_one_message_or_a_list(event: Any, parsed: Any) -> None:
    """As the PyPI helper does."""
    assert queues.parse(event) == parsed


def test_publish_posts_to_the_bus(
    sandboxed: Callable[..., None], port: int, listener: Any
) -> None:
    """To another path than events."""
    sandboxed({"events": port})

    queues.publish("mail", [1])

    assert listener.posted == [("/queues", {"name": "mail", "payload": [1]})]


def test_publish_without_a_bus_says_so(sandboxed: Callable[..., None]) -> None:
    """The error names the pragma."""
    sandboxed({})

    with pytest.raises(RuntimeError, match="ARC_SANDBOX names no ports"):
        queues.publish("mail", {})
    sandboxed({"tables": 1})
    with pytest.raises(NotEmulatedError, match="reached no event bus"):
        queues.publish("mail", {})
