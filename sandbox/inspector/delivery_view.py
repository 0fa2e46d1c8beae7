"""One delivery → what the inspector shows of it."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.exchange import Delivery, Returned
from sandbox.inspector.exchange_view import (
    context_json,
    outcome_json,
    outcome_word,
    result_json,
    timings_json,
)
from sandbox.inspector.plain_values import plain_row
from sandbox.json_value import JsonValue

_LONGEST_ABOUT = 300


def delivery_summary(
    delivery: Delivery, *, about: str, cause: JsonValue
) -> dict[str, JsonValue]:
    """Give a delivery's line in the list.

    Args:
        delivery: what is shown.
        about: what its event says, as `about_event` gives it.
        cause: the event that published it, as the API shows it; None if unknown.
    """
    execution = delivery.execution
    failure = outcome_json(execution.outcome)
    return {
        "id": delivery.invocation.request_id,
        "started_epoch": delivery.started_epoch,
        "function": delivery.function.key,
        "about": about,
        "outcome": outcome_word(execution.outcome),
        "error": failure["message"] if failure else None,
        "status": _refusal_of(delivery),
        "duration_ms": _duration_ms(delivery),
        "is_cold": execution.is_cold,
        "cause": cause,
        "repeated_by_aws": delivery.repeated_by_aws,
        "connection": _connection_of(delivery.event),
    }


def delivery_json(
    delivery: Delivery, *, about: str, cause: JsonValue
) -> dict[str, JsonValue]:
    """Give a whole delivery: event, context, result, failure, output and timings."""
    execution, request_id = delivery.execution, delivery.invocation.request_id
    return {
        **delivery_summary(delivery, about=about, cause=cause),
        "event": delivery.event,
        "context": context_json(request_id, delivery.function),
        "result": result_json(execution),
        "failure": outcome_json(execution.outcome),
        "output": execution.output,
        "timings": timings_json(execution, total_ms=_duration_ms(delivery)),
    }


def about_event(event: JsonValue) -> str:
    """Give in short what an event says: its message, its changes, what happened."""
    return _about(event)[:_LONGEST_ABOUT]


def _about(event: JsonValue) -> str:
    match event:
        case {"Records": [{"Sns": {"Message": str(text)}}, *_]}:
            return text
        case {"Records": [{"body": str(text)}, *_]}:
            return text
        case {"Records": [{"eventName": str(name), "dynamodb": change}, *others]}:
            more = f" and {len(others)} more" if others else ""
            return f"{name} {_compact(_keys_of(change))}{more}"
        case {"requestContext": {"eventType": "MESSAGE"}, "body": str(text)}:
            return text
        case {"requestContext": {"eventType": str(kind)}}:
            return kind
    return ""


def _keys_of(change: JsonValue) -> JsonValue:
    match change:
        case {"Keys": Mapping() as keys}:
            return plain_row(keys)
    return None


def _compact(value: JsonValue) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _connection_of(event: JsonValue) -> str | None:
    match event:
        case {"requestContext": {"connectionId": str(connection_id)}}:
            return connection_id
    return None


def _refusal_of(delivery: Delivery) -> int | None:
    """Give the status by which a function of @ws refuses; None where it does not."""
    outcome: Any = delivery.execution.outcome
    if delivery.function.pragma != "ws" or not isinstance(outcome, Returned):
        return None
    match outcome.value:
        case {"statusCode": int(status)} if status >= 400:
            return status
    return None


def _duration_ms(delivery: Delivery) -> float:
    execution = delivery.execution
    return execution.queued_ms + execution.init_ms + execution.handler_ms
