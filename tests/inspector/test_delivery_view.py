"""What an event is about, in short, whatever has published it."""

from typing import Any

import pytest

from sandbox.inspector.delivery_view import EventFacts

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
