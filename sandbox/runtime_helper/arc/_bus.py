"""The sandbox's event bus: where @events and @queues messages are posted."""

import json
from typing import Any

from ._environment import NotEmulatedError, ports

_TIMEOUT_SECONDS = 30
_UNKNOWN = 404


def publish_locally(kind: str, name: str, payload: Any) -> str:
    """Post a message to the sandbox's bus, and give its answer.

    Args:
        kind: `events` or `queues`.
        name: as in the manifest.
        payload: what JSON can say.

    Raises:
        NameError: the app has no such function.
        NotEmulatedError: the sandbox has no bus, or it is not running.
    """
    number = ports().get("events")
    if not number:
        raise NotEmulatedError(_missing(kind, name))
    # Half of what `import arc` would cost otherwise; few handlers publish.
    import urllib.error
    import urllib.request

    request = urllib.request.Request(
        f"http://localhost:{int(number)}/{kind}",
        data=json.dumps({"name": name, "payload": payload}).encode("utf-8"),
        headers={"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(  # noqa: S310 - the request made just above
            request, timeout=_TIMEOUT_SECONDS
        ) as answer:
            return str(answer.read().decode("utf-8"))
    except urllib.error.HTTPError as error:
        with error:  # it is the answer too, and holds the connection
            told = error.read().decode("utf-8", "replace")
        failure = NameError if error.code == _UNKNOWN else RuntimeError
        raise failure(f'arc.{kind}.publish("{name}"): {told}') from error
    except OSError as error:
        raise NotEmulatedError(_missing(kind, name)) from error


def parse_records(event: Any, text_of: Any) -> Any:
    """Give the messages of an event: one as it is, several as a list."""
    messages = [json.loads(text_of(record)) for record in event["Records"]]
    return messages[0] if len(messages) == 1 else messages


def _missing(kind: str, name: str) -> str:
    return (
        f'arc.{kind}.publish("{name}") reached no event bus: the sandbox that runs '
        "this handler has none, or has ended."
    )
