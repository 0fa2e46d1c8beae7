"""Requests by the API: listed, whole, replayed, copied."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow


def ids(inspected: Any, **query: str) -> list[str]:
    return [one["id"] for one in inspected.get("requests", **query)["requests"]]


def test_requests_are_listed_oldest_first(table_app: Any) -> None:
    """A line has what a list shows."""
    table_app.app.get("/?a=1")
    table_app.app.get("/nowhere")

    first, second = table_app.get("requests")["requests"]

    assert (first["method"], first["path"], first["query"]) == ("GET", "/", "a=1")
    assert (first["status"], first["function"]) == (200, "get /")
    assert first["outcome"] == "returned"
    assert (second["status"], second["function"], second["outcome"]) == (
        404,
        None,
        None,
    )


def test_only_newer_requests_are_asked_for(table_app: Any) -> None:
    """A page that follows asks for what it does not have."""
    for _ in range(3):
        table_app.app.get("/")
    first, second, third = ids(table_app)

    assert ids(table_app, after=first) == [second, third]
    assert ids(table_app, after=third) == []
    assert ids(table_app, after="forgotten") == [first, second, third]
    assert ids(table_app, limit="1") == [third]


@pytest.mark.parametrize("limit", ["0", "-1", "x", "501", "1e2", "٣"])
def test_a_limit_is_a_number(table_app: Any, limit: str) -> None:
    """Anything else is told."""
    answer = table_app.api.get("/api/requests", params={"limit": limit})

    assert answer.status_code == 400


def test_an_unknown_parameter_is_told(table_app: Any) -> None:
    """A misspelt parameter is no silent nothing."""
    answer = table_app.api.get("/api/requests", params={"befor": "1"})

    assert answer.status_code == 400
    assert "after, limit" in answer.json()["remedy"]


def test_a_request_is_shown_whole(inspected: Any) -> None:
    """Event, context, result, output, timings, and the session in and out."""
    inspected.app.post("/count", content=b"hello")
    inspected.app.post("/count", content=b"\xff\xfe")

    one = inspected.get(f"requests/{ids(inspected)[1]}")

    assert one["event"]["requestContext"]["requestId"] == one["id"]
    assert one["context"]["aws_request_id"] == one["id"]
    assert one["context"]["function_name"] == "sandbox-post-count"
    assert one["result"]["statusCode"] == 200
    assert one["output"] == "counted\n"
    assert one["request"]["body"] == {"text": None, "base64": "//4=", "bytes": 2}
    assert one["response"]["body"]["bytes"] > 0
    assert one["timings"]["handler_ms"] > 0
    session_in = one["cookies"]["session_in"]
    assert (session_in["is_valid"], session_in["reason"]) == (True, None)
    (out,) = one["cookies"]["out"]
    assert (out["name"], out["is_kept"]) == ("_idx", True)
    assert out["session"]["session"]["count"] == 2


def test_a_refused_session_has_its_reason(inspected: Any) -> None:
    """The handler saw an empty session, and here is why."""
    inspected.app.get("/", headers={"cookie": "_idx=made-up"})

    one = inspected.get(f"requests/{ids(inspected)[0]}")

    assert one["cookies"]["in"] == [{"name": "_idx", "value": "made-up"}]
    assert one["cookies"]["session_in"]["is_valid"] is False
    assert one["cookies"]["session_in"]["reason"]


def test_a_broken_manifest_hides_no_request(inspected: Any) -> None:
    """What has happened can be read, with its page; only the session is unknown."""
    inspected.app.post("/count")
    inspected.app.post("/count")
    request_id = ids(inspected)[1]

    with inspected.broken_manifest():
        one = inspected.get(f"requests/{request_id}")
        page = inspected.api.get(f"/requests/{request_id}")

    assert [cookie["name"] for cookie in one["cookies"]["in"]] == ["_idx"]
    assert one["cookies"]["session_in"] is None
    assert page.status_code == 200


def test_a_failure_has_its_trace(table_app: Any) -> None:
    """The developer's own frame is marked."""
    table_app.app.get("/fail")

    one = table_app.get(f"requests/{ids(table_app)[0]}")

    assert (one["outcome"], one["result"]) == ("raised", None)
    assert one["failure"]["message"] == "ValueError: no <b>way</b>"
    assert one["failure"]["stack"][-1]["is_app_code"] is True
    assert one["failure"]["stack"][-1]["line"] == 2


def test_a_request_is_replayed(inspected: Any) -> None:
    """It is sent as it was, cookie and all, and is a request of its own."""
    inspected.app.post("/count")
    inspected.app.post("/count")
    first = ids(inspected)[1]

    replayed = inspected.post(f"requests/{first}/replay")

    assert replayed["status"] == 200
    assert ids(inspected)[-1] == replayed["id"]


def test_a_test_is_copied_with_the_session(inspected: Any) -> None:
    """What the request came with, and not the cookie."""
    for _ in range(2):
        inspected.app.post("/count")
    first, second = ids(inspected)

    text = inspected.api.get(f"/api/requests/{second}/pytest").text

    assert 'arc_session.update({"count": ' in text
    assert "_idx" not in text
    assert "arc_session" not in inspected.api.get(f"/api/requests/{first}/pytest").text


@pytest.mark.parametrize("before", ["a=1;;", ";", "a=1; ; "])
def test_empty_cookies_before_a_session_hide_nothing(
    table_app: Any, before: str
) -> None:
    """Payload format 2.0 leaves them out, and the function finds its session."""
    cookie = table_app.post("sessions/forge", {"data": {"count": 5}})["cookie"]

    answer = table_app.app.get("/", headers={"cookie": f"{before}{cookie}"})

    assert answer.json()["count"] == 5
    table_app.sandbox.tick()
    one = table_app.get(f"requests/{answer.headers['apigw-requestid']}")
    assert one["cookies"]["session_in"]["is_valid"]
    assert one["notes"] == []
