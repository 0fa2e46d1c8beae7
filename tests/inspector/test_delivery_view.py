"""What an event is about, in short, whatever has published it."""

from typing import Any

import pytest

from sandbox.exchange import Delivery, Execution, Invocation, Returned
from sandbox.inspector.delivery_view import EventFacts, delivery_json
from sandbox.json_value import JsonText
from tests.functions import function_of

KEYS = {"id": {"S": "a"}, "at": {"N": "1"}}


@pytest.mark.parametrize(
    ("event", "about"),
    [
        ({"Records": [{"Sns": {"Message": '{"a":1}'}}]}, '{"a":1}'),
        ({"Records": [{"body": "text", "attributes": {}}]}, "text"),
        (
            {"Records": [{"eventName": "MODIFY", "dynamodb": {"Keys": KEYS}}]},
            'MODIFY {"id":"a","at":1}',
        ),
        (
            {"Records": [{"eventName": "REMOVE", "dynamodb": {"Keys": KEYS}}] * 3},
            'REMOVE {"id":"a","at":1} and 2 more',
        ),
        ({"requestContext": {"eventType": "CONNECT"}}, "CONNECT"),
        ({"requestContext": {"eventType": "MESSAGE"}, "body": "hello"}, "hello"),
        ({"Records": []}, ""),
        ({"Records": [{"eventName": "MODIFY", "dynamodb": None}]}, "MODIFY null"),
        ("made by hand", ""),
        ({"Records": [{"body": "x" * 1000}]}, "x" * 300),
    ],
)
def test_an_event_is_told_in_short(event: Any, about: str) -> None:
    """Its message, its changes, what happened; nothing where it has no such form."""
    assert EventFacts.of(event).about == about


@pytest.mark.parametrize(
    ("pragma", "result", "status"),
    [
        ("ws", {"statusCode": 400}, 400),
        ("ws", {"statusCode": 399}, None),
        ("ws", {}, None),
        ("events", {"statusCode": 500}, None),
    ],
)
def test_only_a_function_of_websockets_refuses(
    pragma: str, result: Any, status: int | None
) -> None:
    """To all others, a status is a result like any."""
    function = function_of(pragma=pragma)
    delivery = Delivery(
        invocation=Invocation(
            request_id="r", function=function, event=JsonText.of(None)
        ),
        started_epoch=1.0,
        execution=Execution(outcome=Returned(value=result)),
    )

    assert delivery_json(delivery, cause=None)["status"] == status
