"""Takes a request and the route that answers it, gives the event the function receives.

Pure. Which payload format it is follows from the API's type: `http` and its alias
`httpv2` send format 2.0, `httpv1` format 1.0, `rest` the REST API's own.
"""

import json
from typing import TypeAlias

from sandbox.exchange import HttpRequest, Match
from sandbox.gateway.payload_v1 import EventV1, build_event_v1
from sandbox.gateway.payload_v2 import EventV2, build_event_v2
from sandbox.gateway.request_parts import ApiFacts
from sandbox.project.model import ApiType
from sandbox.trace_header import root_of

MAX_PAYLOAD_BYTES = 6_000_000
"""What Lambda takes and gives in one synchronous invocation: "6 MB each for request
and response" (AWS Lambda developer guide, "Lambda quotas"), in decimal megabytes as
`@architect/sandbox` counts, the stricter reading."""

MAX_REQUEST_BYTES = 10_000_000
"""What API Gateway takes, whoever is to answer: "Payload size 10 MB" (API Gateway
developer guide, "Quotas for configuring and running an HTTP API", and likewise of REST
APIs), again in decimal megabytes."""

MAX_RESULT_BYTES = 6_291_556
"""What a result may be as JSON: above it Lambda reports "Response payload size exceeded
maximum allowed payload size (6291556 bytes)", `Function.ResponseSizeTooLarge`."""

NEVER_TOO_LARGE_BYTES = MAX_PAYLOAD_BYTES // 8
"""JSON makes of one byte six at most, base64 four of three, and heads are limited."""

Event: TypeAlias = EventV1 | EventV2


def build_event(
    request: HttpRequest,
    match: Match,
    *,
    api_type: ApiType,
    facts: ApiFacts,
    request_id: str,
    now_epoch: float,
) -> Event:
    """Make the event of `api_type`'s payload format.

    Args:
        request: its body complete.
        match: the route that answers, with what its path captured.
        api_type: as the project has it.
        facts: what all events of the app say alike.
        request_id: the exchange's id.
        now_epoch: the sandbox's time, in seconds since 1970.
    """
    if api_type in ("http", "httpv2"):
        return build_event_v2(
            request, match, facts=facts, request_id=request_id, now_epoch=now_epoch
        )
    return build_event_v1(
        request,
        match,
        facts=facts,
        request_id=request_id,
        now_epoch=now_epoch,
        is_rest=api_type == "rest",
    )


def trace_root_of(event: Event) -> str | None:
    """Give the trace that an event's headers name."""
    headers = event["headers"]
    name = "x-amzn-trace-id"
    return root_of(headers.get(name) or headers.get(name.title(), ""))


def is_too_large(event: Event, body: bytes) -> bool:
    """Tell whether the event as JSON is above what Lambda takes."""
    if len(body) < NEVER_TOO_LARGE_BYTES:
        return False
    as_json = json.dumps(event, ensure_ascii=False).encode()
    return len(as_json) > MAX_PAYLOAD_BYTES
