"""Deliveries by the API: listed with what has caused them, whole, repeated."""

import sys
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def listed(inspected: Any, **query: str) -> list[Any]:
    found: list[Any] = inspected.get("deliveries", **query)["deliveries"]
    return found


def test_a_delivery_is_listed_with_the_request_behind_it(table_app: Any) -> None:
    """The helper sends no header; the request was the only event at work."""
    table_app.publish("events", "ping", {"to": "Zoë"})

    (one,) = listed(table_app)

    (request,) = table_app.get("requests")["requests"]
    assert (one["function"], one["about"]) == ("@events ping", '{"to":"Zoë"}')
    assert (one["outcome"], one["error"], one["status"]) == ("returned", None, None)
    assert one["duration_ms"] > 0
    assert one["connection"] is None
    cause = {"kind": "request", "id": request["id"], "name": "POST /publish"}
    assert one["cause"] == cause


def test_the_newest_are_listed_where_few_are_asked_for(table_app: Any) -> None:
    """The oldest of them first, as in the whole list."""
    for number in range(3):
        table_app.publish("events", "ping", number)

    assert [one["about"] for one in listed(table_app, limit="2")] == ["1", "2"]


def test_a_failure_is_told_in_the_list(table_app: Any) -> None:
    """With the sentence that the exception is."""
    table_app.publish("events", "ping", "fail")

    (one,) = listed(table_app)

    assert (one["outcome"], one["error"]) == ("raised", "ValueError: no <b>way</b>")


def test_a_delivery_may_cause_another(table_app: Any) -> None:
    """And what one has caused can be asked for."""
    (function,) = table_app.sandbox.project.functions_called("@events ping")
    event = {"Records": [{"Sns": {"Message": '"chain"'}}]}
    # Not by a request: while that is at work too, either could have published.
    table_app.sandbox.bus.post(function, event)
    assert table_app.sandbox.bus.wait_idle(30)

    first, second = sorted(listed(table_app), key=lambda one: one["function"])

    assert second["about"] == '"a link"'
    assert second["cause"]["kind"] == "delivery"
    assert second["cause"]["id"] == first["id"]
    assert listed(table_app, cause=first["id"]) == [second]
    assert listed(table_app, cause=second["id"]) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_the_publisher_is_known_among_several(table_app: Any) -> None:
    """By its process, though the helper says nothing."""
    with table_app.sandbox.bus.causes.at_work("another"):
        table_app.publish("events", "ping", "chain")

    queued, pinged = sorted(listed(table_app), key=lambda one: one["about"])

    assert pinged["cause"]["name"] == "POST /publish"
    assert queued["cause"]["name"] == "@events ping"


def test_a_change_of_a_table_knows_its_request(table_app: Any) -> None:
    """By the tracing header that boto3 sends; a developer's edit has none."""
    table_app.app.post("/store")
    row = {"row": {"owner": "bob", "at": 2}}
    table_app.api.put("/api/tables/testapp-staging-things/rows", json=row)
    assert table_app.sandbox.bus.wait_idle(30)

    stored, edited = listed(table_app)

    assert stored["function"] == "@tables-streams things"
    assert stored["about"] == 'INSERT {"owner":"ada","at":1}'
    assert stored["cause"]["name"] == "POST /store"
    assert edited["about"] == 'INSERT {"owner":"bob","at":2}'
    assert edited["cause"] is None


def test_what_comes_by_websocket_names_its_connection(table_app: Any) -> None:
    """And a refusal its status, though the function has returned."""
    with table_app.websocket() as websocket:
        websocket.send("hello")
        websocket.receive()
        (connection,) = table_app.get("connections")["connections"]
    with pytest.raises(Exception, match="401"):
        table_app.websocket("/?status=401")
    assert table_app.sandbox.bus.wait_idle(30)

    found = listed(table_app)

    told = sorted((one["function"], one["about"], one["status"]) for one in found[:2])
    assert told == [
        ("@ws connect", "CONNECT", None),
        ("@ws default", "hello", None),
    ]
    assert {one["connection"] for one in found[:2]} == {connection["id"]}
    assert [one["status"] for one in found if one["status"]] == [401]


def test_a_delivery_is_shown_whole(table_app: Any) -> None:
    """Event, context, result, output, timings and operations on tables."""
    table_app.publish("events", "ping", "hello")
    (line,) = listed(table_app)

    one = table_app.get(f"deliveries/{line['id']}")

    assert {name: one[name] for name in line} == line
    assert one["event"]["Records"][0]["Sns"]["Message"] == '"hello"'
    assert one["context"]["aws_request_id"] == one["id"]
    assert (one["result"], one["output"]) == ("hello", "pinged with hello\n")
    assert one["failure"] is None
    assert one["timings"]["handler_ms"] > 0
    assert one["table_operations"] == []


def test_a_delivery_is_repeated(table_app: Any) -> None:
    """The function is given the same event, and what it does then is told."""
    table_app.publish("events", "ping", "fail")
    (line,) = listed(table_app)

    answer = table_app.post(f"deliveries/{line['id']}/repeat")

    first, again = listed(table_app)
    assert answer == {"id": again["id"], "outcome": "raised"}
    assert again["about"] == first["about"]
    assert again["cause"] is None


def test_deliveries_are_forgotten(table_app: Any) -> None:
    """And one of them is no longer there, nor what would be repeated."""
    table_app.publish("events", "ping", 1)
    (line,) = listed(table_app)
    answer = table_app.api.delete("/api/deliveries").json()

    assert answer == {"deliveries": [], "under_way": 0}
    for method, path in (("GET", ""), ("POST", "/repeat")):
        gone = table_app.api.request(method, f"/api/deliveries/{line['id']}{path}")
        assert gone.status_code == 404
        assert "There is no delivery" in gone.json()["message"]


def test_nothing_is_repeated_while_the_sandbox_ends(table_app: Any) -> None:
    """It is told, and nobody waits."""
    table_app.publish("events", "ping", 1)
    (line,) = listed(table_app)
    table_app.sandbox.bus.stop()
    try:
        answer = table_app.api.post(f"/api/deliveries/{line['id']}/repeat", json={})
    finally:
        table_app.sandbox.bus.resume()

    assert answer.status_code == 409
