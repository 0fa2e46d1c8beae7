"""What helpers post, and the events that functions are given for it."""

import json
from typing import Any

import pytest

from sandbox.bus.messages import (
    Message,
    MessageError,
    is_fifo,
    lambda_event,
    order_group,
    read_message,
)
from sandbox.project.model import Function
from tests.functions import function_of

ID = "e9704257-5bfa-4cd1-87df-6036c311e7df"


def function(pragma: str, **settings: bool) -> Function:
    return function_of("mail", pragma=pragma, **settings)


def record_for(message: Message, receiver: Function) -> Any:
    event: Any = lambda_event(
        message, receiver, message_id=ID, region="eu-west-1", now_epoch=1_500_000_000.25
    )
    (record,) = event["Records"]
    json.dumps(record)
    return record


@pytest.mark.parametrize(
    ("path", "kind"), [("/", "events"), ("/events", "events"), ("/queues", "queues")]
)
def test_a_message_has_name_and_payload(path: str, kind: str) -> None:
    """The payload is passed on as JSON; a queue's group is its name by default."""
    body = '{"name": "mail", "payload": {"to": "Zoë", "numbers": [1, 2]}}'

    message = read_message(path, body.encode())

    assert (message.kind, message.name) == (kind, "mail")
    assert message.text == '{"to":"Zoë","numbers":[1,2]}'
    assert (message.group, message.is_delayed) == ("mail", False)


def test_a_queue_has_groups_and_delays() -> None:
    """As `@architect/functions` posts them."""
    body = b'{"name": "a", "payload": null, "groupID": "g", "delaySeconds": 3}'

    message = read_message("/queues", body)

    assert (message.text, message.group, message.is_delayed) == ("null", "g", True)


@pytest.mark.parametrize(
    ("path", "body", "status", "text"),
    [
        ("/topics", b"{}", 404, "POST /events or /queues"),
        ("/events", b"{", 400, "not JSON"),
        ("/events", b"\xff", 400, "not JSON"),
        ("/events", b"[" * 100_000, 400, "not JSON"),
        ("/events", b"[]", 400, '"name" and "payload"'),
        ("/events", b'{"name": 1, "payload": 1}', 400, '"name" and "payload"'),
        ("/events", b'{"name": "a"}', 400, '"name" and "payload"'),
    ],
)
def test_what_is_no_message_is_refused(
    path: str, body: bytes, status: int, text: str
) -> None:
    """With the status that a helper sees, and why."""
    with pytest.raises(MessageError, match=text) as refused:
        read_message(path, body)

    assert refused.value.status == status


@pytest.mark.parametrize(("path", "most"), [("/events", 2**18), ("/queues", 2**20)])
def test_a_message_is_as_large_as_aws_takes(path: str, most: int) -> None:
    """In bytes of its text: the limits of SNS and of SQS."""
    fits = json.dumps({"name": "a", "payload": "é" * (most // 2 - 1)}).encode()
    assert len(read_message(path, fits).text.encode()) == most

    larger = json.dumps({"name": "a", "payload": "é" * (most // 2)}).encode()
    with pytest.raises(MessageError, match=f"takes {most:,} at most") as refused:
        read_message(path, larger)
    assert refused.value.status == 400


def test_an_event_is_a_notification_of_sns() -> None:
    """In the shape that Lambda has from SNS."""
    message = Message(kind="events", name="mail", text='{"a":1}', group="mail")

    record = record_for(message, function("events"))

    assert record["EventSource"] == "aws:sns"
    assert record["Sns"] | {"SigningCertUrl": "", "UnsubscribeUrl": ""} == {
        "Type": "Notification",
        "MessageId": ID,
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail",
        "Subject": None,
        "Message": '{"a":1}',
        "Timestamp": "2017-07-14T02:40:00.250Z",
        "SignatureVersion": "1",
        "Signature": "",
        "SigningCertUrl": "",
        "UnsubscribeUrl": "",
        "MessageAttributes": {},
    }


@pytest.mark.parametrize("fifo", [True, False])
def test_a_queue_gives_a_record_of_sqs(*, fifo: bool) -> None:
    """In the shape that Lambda has from SQS; only FIFO queues have groups."""
    message = Message(kind="queues", name="mail", text='{"a":1}', group="g")
    receiver = function("queues", fifo=fifo)

    record = record_for(message, receiver)

    arn = "arn:aws:sqs:eu-west-1:123456789012:mail"
    assert is_fifo(receiver) is fifo
    assert record["eventSourceARN"] == (f"{arn}.fifo" if fifo else arn)
    assert (record["body"], record["messageId"]) == ('{"a":1}', ID)
    assert record["md5OfBody"] == "bb6cb5c68df4652941caf652a366f2d8"
    assert record["attributes"]["SentTimestamp"] == "1500000000250"
    assert ("MessageGroupId" in record["attributes"]) is fifo
    assert record["attributes"].get("MessageGroupId", "g") == "g"


def test_topics_keep_no_order() -> None:
    """Whatever is set for them."""
    assert not is_fifo(function("events", fifo=True))
    assert not is_fifo(function("queues"))


@pytest.mark.parametrize(
    ("pragma", "settings", "event", "group"),
    [
        ("queues", {"fifo": False}, {"Records": []}, None),
        ("events", {}, {"Records": []}, None),
        ("ws", {}, {"body": "hello"}, None),
        ("tables-streams", {}, {"Records": []}, ""),
        ("queues", {"fifo": True}, {"made": "by hand"}, ""),
    ],
)
def test_what_has_an_order_says_with_what(
    pragma: str, settings: dict[str, bool], event: Any, group: str | None
) -> None:
    """A stream as a whole, a FIFO queue group by group, all else with nothing."""
    assert order_group(function(pragma, **settings), event) == group


def test_a_fifo_queues_event_names_its_group() -> None:
    """As it was published, or sent again."""
    fifo = function("queues", fifo=True)
    body = b'{"name": "mail", "payload": 1, "groupID": "Ada"}'
    record = record_for(read_message("/queues", body), fifo)

    assert order_group(fifo, {"Records": [record]}) == "Ada"
