"""A message as a runtime helper posts it → the event that its function is given.

Pure. The shapes are those of AWS Lambda Developer Guide, "Using AWS Lambda with Amazon
SNS" and "… with Amazon SQS"; what only AWS could fill in is made up, and stable.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from sandbox.json_value import JsonValue
from sandbox.project.model import ACCOUNT_ID, Function

Kind: TypeAlias = Literal["events", "queues"]

KINDS: Mapping[str, Kind] = {"/": "events", "/events": "events", "/queues": "queues"}
"""By the path that they are posted to."""
_STREAMS = "tables-streams"
_MOST_BYTES: Mapping[Kind, int] = {"events": 256 * 1024, "queues": 1024 * 1024}
"""What SNS and SQS take (Amazon SNS and Amazon SQS, "Quotas")."""


class MessageError(Exception):
    """A message that cannot be delivered: the HTTP status, and why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message for a function of @events or @queues."""

    kind: Kind
    name: str
    """The function's, as in the manifest."""
    text: str
    """The payload as JSON."""
    group: str
    """What a FIFO queue keeps in order; by default the queue's name."""
    is_delayed: bool = False
    """Whether `delaySeconds` was given, which is not waited for here."""


def read_message(path: str, body: bytes) -> Message:
    """Read what `arc.events.publish` and `arc.queues.publish` post.

    That is a JSON object with `name` and `payload`; for a queue also `groupID` and
    `delaySeconds` (`@architect/functions` 8).

    Raises:
        MessageError: it is not one, or larger than AWS takes.
    """
    kind = KINDS.get(path)
    if kind is None:
        raise MessageError(404, f"There is nothing at {path}: POST /events or /queues.")
    try:
        posted: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MessageError(400, f"The message is not JSON: {error}.") from error
    name = posted.get("name") if isinstance(posted, dict) else None
    if not isinstance(name, str) or "payload" not in posted:
        raise MessageError(400, 'A message is an object with "name" and "payload".')
    text = json.dumps(posted["payload"], ensure_ascii=False, separators=(",", ":"))
    size = len(text.encode(errors="surrogatepass"))
    if size > _MOST_BYTES[kind]:
        raise MessageError(
            400,
            f'The message for "{name}" has {size:,} bytes; AWS takes '
            f"{_MOST_BYTES[kind]:,} at most.",
        )
    return Message(
        kind=kind,
        name=name,
        text=text,
        group=str(posted.get("groupID") or name),
        is_delayed=bool(posted.get("delaySeconds")),
    )


def lambda_event(
    message: Message,
    function: Function,
    *,
    message_id: str,
    region: str,
    now_epoch: float,
) -> dict[str, JsonValue]:
    """Give the event for one message: a list of one record.

    Args:
        message: what was published.
        function: whose `fifo` decides what a queue's record says.
        message_id: a UUID.
        region: an AWS region, such as `us-west-2`.
        now_epoch: seconds since 1970.
    """
    sent = _Sent(message=message, id=message_id, region=region, epoch=now_epoch)
    if message.kind == "events":
        return {"Records": [_sns_record(sent)]}
    return {"Records": [_sqs_record(sent, in_order=is_fifo(function))]}


def order_group(function: Function, event: JsonValue) -> str | None:
    """Give what an event is kept in order with; None where it waits for no other.

    A FIFO queue keeps the order within each message group, and delivers groups side by
    side (Amazon SQS Developer Guide, "FIFO queue delivery logic"; AWS Lambda Developer
    Guide, "Using Lambda with Amazon SQS").
    """
    if function.pragma == _STREAMS:
        return ""
    if not is_fifo(function):
        return None
    match event:
        case {"Records": [{"attributes": {"MessageGroupId": str(group)}}]}:
            return group
    return ""


def is_fifo(function: Function) -> bool:
    """Tell whether a queue keeps its order, as Architect's queues do by default."""
    return function.pragma == "queues" and function.config.settings.get("fifo") is True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    message: Message
    id: str
    region: str
    epoch: float


def _sns_record(sent: _Sent) -> JsonValue:
    topic = f"arn:aws:sns:{sent.region}:{ACCOUNT_ID}:{sent.message.name}"
    moment = datetime.fromtimestamp(sent.epoch, UTC)
    site = f"https://sns.{sent.region}.amazonaws.com"
    return {
        "EventVersion": "1.0",
        "EventSubscriptionArn": f"{topic}:{sent.id}",
        "EventSource": "aws:sns",
        "Sns": {
            "Type": "Notification",
            "MessageId": sent.id,
            "TopicArn": topic,
            "Subject": None,
            "Message": sent.message.text,
            "Timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",
            "SignatureVersion": "1",
            "Signature": "",
            "SigningCertUrl": f"{site}/SimpleNotificationService.pem",
            "UnsubscribeUrl": f"{site}/?Action=Unsubscribe&SubscriptionArn={topic}",
            "MessageAttributes": {},
        },
    }


def _sqs_record(sent: _Sent, *, in_order: bool) -> JsonValue:
    message, milliseconds = sent.message, str(int(sent.epoch * 1000))
    order: dict[str, JsonValue] = {
        "SequenceNumber": f"{int(sent.epoch * 1_000_000):020}",
        "MessageGroupId": message.group,
        "MessageDeduplicationId": sent.id,
    }
    text = message.text.encode(errors="surrogatepass")
    arn = f"arn:aws:sqs:{sent.region}:{ACCOUNT_ID}:{message.name}"
    return {
        "messageId": sent.id,
        "receiptHandle": sent.id.replace("-", ""),
        "body": message.text,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": milliseconds,
            "SenderId": ACCOUNT_ID,
            "ApproximateFirstReceiveTimestamp": milliseconds,
            **(order if in_order else {}),
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(text, usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"{arn}.fifo" if in_order else arn,
        "awsRegion": sent.region,
    }
