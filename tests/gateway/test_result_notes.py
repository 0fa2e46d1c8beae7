"""What is said of results that API Gateway takes, but not as they were meant."""

import pytest

from sandbox.gateway.result_notes import bites_on_aws
from sandbox.json_value import JsonValue
from sandbox.project.model import ApiType


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            {"status": 200, "type": "text/html", "body": "<p>"},
            '"status", "type", "body".',
        ),
        ({"body": "hello"}, 'as JSON, "body".'),
        ({"headers": {"location": "/"}}, '"headers"'),
        ({"status": 302, "location": "/"}, '"status", "location"'),
        ({"statusCode": 0, "body": ""}, '"statusCode", "body"'),
    ],
)
def test_a_response_without_a_status_is_told(value: JsonValue, told: str) -> None:
    """What looks like a response is sent as data, and the browser shows it."""
    note = bites_on_aws(value, api_type="http")

    assert note is not None
    assert "no statusCode" in note
    assert told in note


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"statusCode": 302, "location": "/"}, 'leaves "location" of the result'),
        ({"statusCode": 201, "json": {}}, 'leaves "json" of the result'),
        (
            {"statusCode": 200, "html": "", "session": {}},
            'leaves "html" and "session" of the result',
        ),
    ],
)
def test_what_only_the_helper_knows_is_told(value: JsonValue, told: str) -> None:
    """Without arc.http around it, a redirect leads nowhere and a page is empty."""
    note = bites_on_aws(value, api_type="httpv2")

    assert note is not None
    assert told in note


@pytest.mark.parametrize("api_type", ["http", "httpv1", "httpv2", "rest"])
@pytest.mark.parametrize(
    "value", [{"statusCode": 200, "body": "", "headers": {}}, {"statusCode": 204}]
)
def test_a_plain_response_needs_no_note(value: JsonValue, api_type: ApiType) -> None:
    """Nor does a key that nobody knows: it may be for the app's own tests."""
    assert bites_on_aws(value, api_type=api_type) is None


@pytest.mark.parametrize(
    "value",
    [
        {"ok": True},
        {"message": "hello", "body": "of a letter"},
        {"status": "ready", "location": "Oslo"},
        {"status": 200},
        {"statusCode": 200, "debug": 1},
        {},
        "hello",
        ["body"],
        None,
    ],
)
def test_data_needs_no_note(value: JsonValue) -> None:
    """An object that is the answer itself is what payload 2.0 allows."""
    assert bites_on_aws(value, api_type="http") is None


@pytest.mark.parametrize(
    ("api_type", "is_told"), [("httpv1", True), ("rest", False), ("http", False)]
)
def test_payload_1_needs_a_status(api_type: ApiType, *, is_told: bool) -> None:
    """Whatever else is in the object; REST APIs assume 200."""
    note = bites_on_aws({"ok": True}, api_type=api_type)

    assert (note is not None and "payload 1.0 answers 500" in note) is is_told
