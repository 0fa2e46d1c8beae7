"""One delivery → what the inspector shows of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

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


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """What a list tells of an event, which may itself be large."""

    about: str
    """Its message, its changes, or what happened; cut where it is long."""
    connection: str | None
    """The WebSocket connection that it is of."""

    @classmethod
    def of(cls, event: JsonValue) -> Self:
        """Take them from an event."""
        about = _about(event)[:_LONGEST_ABOUT]
        return cls(about=about, connection=_connection_of(event))


def delivery_summary(
    delivery: Delivery, facts: EventFacts, *, cause: JsonValue
) -> dict[str, JsonValue]:
    """Give a delivery's line in the list.

    Args:
        delivery: what is shown.
        facts: of its event.
        cause: the event that published it, as the API shows it; None if unknown.
    """
    execution = delivery.execution
    failure = outcome_json(execution.outcome)
    return {
        "id": delivery.invocation.request_id,
        "started_epoch": delivery.started_epoch,
        "function": delivery.function.key,
        "about": facts.about,
        "outcome": outcome_word(execution.outcome),
        "error": failure["message"] if failure else None,
        "status": _refusal_of(delivery),
        "duration_ms": _duration_ms(delivery),
        "is_cold": execution.is_cold,
        "cause": cause,
        "repeated_by_aws": delivery.repeated_by_aws,
        "connection": facts.connection,
    }


def delivery_json(delivery: Delivery, *, cause: JsonValue) -> dict[str, JsonValue]:
    """Give a whole delivery: event, context, result, failure, output and timings."""
    execution, event = delivery.execution, delivery.event
    request_id = delivery.invocation.request_id
    return {
        **delivery_summary(delivery, EventFacts.of(event), cause=cause),
        "event": event,
        "context": context_json(request_id, delivery.function),
        "result": result_json(execution),
        "failure": outcome_json(execution.outcome),
        "output": execution.output,
        "timings": timings_json(execution, total_ms=_duration_ms(delivery)),
    }


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
