"""`arc.events`: publish to and read from @events functions (SNS)."""

import json
from typing import Any

from ._aws import client
from ._bus import parse_records, publish_locally
from ._environment import use_aws
from .services import services

__all__ = ["parse", "publish"]


def parse(event: Any) -> Any:
    """Give the message of an event, or the list where it carries several."""
    return parse_records(event, lambda record: record["Sns"]["Message"])


def publish(name: str, payload: Any) -> Any:
    """Publish `payload` to the @events function `name`.

    Raises:
        NotEmulatedError: the sandbox offers no event bus.
        NameError: the app has no such event.
    """
    if not use_aws():
        return publish_locally("events", name, payload)
    arn = services().get("events", {}).get(name)
    if not arn:
        raise NameError(f'Event "{name}" is not in the manifest.')
    return client("sns").publish(TopicArn=arn, Message=json.dumps(payload))
