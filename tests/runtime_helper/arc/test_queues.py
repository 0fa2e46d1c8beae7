"""`arc.queues`: messages published to the sandbox's bus, and read."""

import json
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


def test_publish_on_aws_sends_equal_messages_apart(
    sandboxed: Callable[..., None], port: int, listener: Any
) -> None:
    """A FIFO queue drops what has the deduplication id of an earlier message."""
    url = "https://sqs.us-west-2.amazonaws.com/1/mail.fifo"
    found = {"Name": "/MyAppStaging/queues/mail", "Value": url}
    listener.answer = json.dumps({"Parameters": [found], "MessageId": "1"}).encode()
    sandboxed(
        {},
        ARC_ENV="staging",
        ARC_LOCAL="1",
        AWS_ENDPOINT_URL=f"http://localhost:{port}",
        AWS_REGION=f"test-{port}",  # clients are kept for each region
    )

    queues.publish("mail", [1])
    queues.publish("mail", [1])

    sent = [body for _, body in listener.posted if "QueueUrl" in body]
    assert len({body.pop("MessageDeduplicationId") for body in sent}) == 2
    assert sent == 2 * [
        {
            "QueueUrl": url,
            "MessageBody": "[1]",
            "DelaySeconds": 0,
            "MessageGroupId": "MyAppStaging",
        }
    ]
