"""One exchange of the journal → what the inspector shows of it."""

import base64
from typing import assert_never

from sandbox.exchange import (
    Crashed,
    Exchange,
    Execution,
    Headers,
    Outcome,
    Raised,
    Returned,
    Throttled,
    TimedOut,
    Unavailable,
)
from sandbox.inspector.cookie_view import ExplainCookie, cookies_view
from sandbox.json_value import JsonValue
from sandbox.project.function_names import context_name
from sandbox.project.model import Function


def summary_json(exchange: Exchange) -> dict[str, JsonValue]:
    """Give an exchange's line in the list of requests.

    Its function, coldness and outcome are null where no function answered.
    """
    execution = exchange.execution
    return {
        "id": exchange.request_id,
        "started_epoch": exchange.started_epoch,
        "method": exchange.request.method,
        "path": exchange.request.path,
        "query": exchange.request.query_string,
        "status": exchange.response.status,
        "duration_ms": exchange.duration_ms,
        "function": exchange.match.route.name if exchange.match else None,
        "is_cold": execution.is_cold if execution else None,
        "outcome": outcome_word(execution.outcome) if execution else None,
        "notes": exchange.notes,
    }


def request_json(exchange: Exchange, explain: ExplainCookie) -> dict[str, JsonValue]:
    """Give a whole exchange: event, result, response, output, timings and cookies."""
    request, response, match = exchange.request, exchange.response, exchange.match
    execution = exchange.execution
    function = match.route.function if match else None
    return {
        **summary_json(exchange),
        "request": {
            "method": request.method,
            "path": request.path,
            "query": request.query_string,
            "headers": _headers(request.headers),
            "body": body_json(request.body),
            "client_address": request.client_address,
            "protocol": request.protocol,
            "scheme": request.scheme,
        },
        "path_parameters": dict(match.path_parameters) if match else {},
        "event": exchange.event,
        "context": context_json(exchange.request_id, function) if function else None,
        "result": result_json(execution),
        "failure": outcome_json(execution.outcome) if execution else None,
        "output": execution.output if execution else "",
        "response": {
            "status": response.status,
            "headers": _headers(response.headers),
            "body": body_json(response.body),
        },
        "timings": timings_json(execution, total_ms=exchange.duration_ms),
        "cookies": cookies_view(exchange, function, explain),
    }


def body_json(body: bytes) -> dict[str, JsonValue]:
    """Give a body as text where it is UTF-8, else in base64."""
    try:
        return {"text": body.decode("utf-8"), "base64": None, "bytes": len(body)}
    except UnicodeDecodeError:
        coded = base64.b64encode(body).decode("ascii")
        return {"text": None, "base64": coded, "bytes": len(body)}


def outcome_word(outcome: Outcome) -> str:
    """Give an outcome in one word."""
    match outcome:
        case Returned():
            return "returned"
        case Raised():
            return "raised"
        case TimedOut():
            return "timed_out"
        case Crashed():
            return "crashed"
        case Throttled():
            return "throttled"
        case Unavailable():
            return "unavailable"
        case _:
            assert_never(outcome)


def outcome_json(outcome: Outcome) -> dict[str, JsonValue] | None:
    """Give what went wrong; None where nothing did."""
    match outcome:
        case Returned():
            return None
        case Raised():
            return _raised(outcome)
        case TimedOut():
            message, remedy, trace = outcome.message, "", ""
        case Crashed():
            message = "The handler's process ended without an answer."
            remedy, trace = outcome.remedy, outcome.log_tail
        case Throttled():
            message = f"Throttled: concurrency is {outcome.concurrency}."
            remedy, trace = "", ""
        case Unavailable():
            message, remedy, trace = outcome.message, outcome.remedy, ""
        case _:
            assert_never(outcome)
    return {
        "outcome": outcome_word(outcome),
        "message": message,
        "remedy": remedy,
        "trace": trace,
        "stack": [],
    }


def _raised(outcome: Raised) -> dict[str, JsonValue]:
    return {
        "outcome": outcome_word(outcome),
        "message": f"{outcome.error_type}: {outcome.message}",
        "remedy": outcome.remedy,
        "trace": outcome.trace,
        "stack": [
            {
                "file": frame.file,
                "line": frame.line,
                "function": frame.function,
                "source_line": frame.source_line,
                "is_app_code": frame.is_app_code,
            }
            for frame in outcome.stack
        ],
    }


def context_json(request_id: str, function: Function) -> dict[str, JsonValue]:
    """Give what a handler's second argument says."""
    return {
        "aws_request_id": request_id,
        "function_name": context_name(function),
        "function_version": "$LATEST",
        "memory_limit_in_mb": function.config.memory_mb,
        "timeout_seconds": function.config.timeout_seconds,
        "runtime": function.config.runtime,
    }


def result_json(execution: Execution | None) -> JsonValue:
    """Give what a handler returned; None where it did not."""
    match execution.outcome if execution else None:
        case Returned(value=value):
            return value
    return None


def timings_json(
    execution: Execution | None, *, total_ms: float
) -> dict[str, JsonValue]:
    """Give where the time went; all but the whole is None without an execution."""
    return {
        "total_ms": total_ms,
        "queued_ms": execution.queued_ms if execution else None,
        "init_ms": execution.init_ms if execution else None,
        "handler_ms": execution.handler_ms if execution else None,
        "max_memory_bytes": execution.max_memory_bytes if execution else None,
        "worker_pid": execution.worker_pid if execution else None,
    }


def _headers(headers: Headers) -> list[JsonValue]:
    return [[name, value] for name, value in headers]
