"""`arc.queues`: publish to and read from @queues functions (SQS)."""

import json
import uuid
from typing import Any

from ._aws import client
from ._bus import parse_records, publish_locally
from ._environment import stack_name, use_aws
from .services import services

__all__ = ["parse", "publish"]


def parse(event: Any) -> Any:
    """Give the message of an event, or the list where it carries several."""
    return parse_records(event, lambda record: record["body"])


def publish(name: str, payload: Any) -> Any:
    """Publish `payload` to the @queues function `name`.

    Raises:
        NotEmulatedError: the sandbox offers no event bus.
        NameError: the app has no such queue.
    """
    if not use_aws():
        return publish_locally("queues", name, payload)
    url = services().get("queues", {}).get(name)
    if not url:
        raise NameError(f'Queue "{name}" is not in the manifest.')
    return client("sqs").send_message(
        QueueUrl=url,
        MessageBody=json.dumps(payload),
        DelaySeconds=0,
        MessageGroupId=stack_name(),
        MessageDeduplicationId=str(uuid.uuid4()),
    )
