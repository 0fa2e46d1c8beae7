"""Start states by the API: saved, loaded, listed, deleted, and refused."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow

DAY = 86_400


def put_row(app: Any, owner: str) -> None:
    """Put a row into the table `things`."""
    row = {"owner": {"S": owner}, "at": {"N": "1"}}
    app.sandbox.tables.call("PutItem", {"TableName": TABLE, "Item": row})


def owners(app: Any) -> list[str]:
    """Give the owners of the rows in the table `things`."""
    return [row["owner"]["S"] for row in app.sandbox.tables.export()[TABLE]]


TABLE = "testapp-staging-things"


def test_a_start_state_brings_rows_and_clock_back(table_app: Any) -> None:
    """Whatever was written and moved since is gone."""
    put_row(table_app, "early")
    table_app.post("clock", {"advance": "8d"})
    saved = table_app.api.put("/api/snapshots/start", json={}).json()
    put_row(table_app, "late")
    table_app.post("clock", {"reset": True})

    loaded = table_app.post("snapshots/start/load")

    assert (saved["rows"], loaded["warnings"]) == (1, [])
    assert owners(table_app) == ["early"]
    assert table_app.get("clock")["offset_seconds"] == pytest.approx(8 * DAY, abs=1)


def test_a_clock_that_stands_right_is_not_moved(table_app: Any) -> None:
    """Whoever is told of moves, the terminal above all, hears of none."""
    moves: list[float] = []
    clock = table_app.sandbox.clock
    table_app.api.put("/api/snapshots/start", json={})
    clock.subscribe(lambda: moves.append(clock.offset_seconds))

    table_app.post("snapshots/start/load")

    assert moves == []


def test_rows_expire_as_of_the_clock_that_they_come_with(table_app: Any) -> None:
    """Loaded years ahead of it, a session ends a week after it was written."""
    end = int(table_app.get("clock")["now_epoch"]) + 7 * DAY
    row = {"_idx": {"S": "a"}, "_ttl": {"N": str(end)}}
    sessions = "testapp-staging-sessions"
    table_app.sandbox.tables.call("PutItem", {"TableName": sessions, "Item": row})
    table_app.api.put("/api/snapshots/written", json={})
    table_app.post("clock", {"advance": "2500d"})

    table_app.post("snapshots/written/load")
    known = [len(table_app.get("sessions")["sessions"])]
    table_app.post("clock", {"advance": "8d"})
    known.append(len(table_app.get("sessions")["sessions"]))

    assert known == [1, 0]


def test_start_states_are_listed_and_deleted(table_app: Any) -> None:
    """By name, with what they hold."""
    for name in ("b", "a"):
        table_app.api.put(f"/api/snapshots/{name}", json={})
    listed = table_app.get("snapshots")["snapshots"]
    table_app.api.delete("/api/snapshots/a")
    after = table_app.get("snapshots")["snapshots"]

    assert [one["name"] for one in listed if one["name"] in "ab"] == ["a", "b"]
    assert [one["name"] for one in after if one["name"] in "ab"] == ["b"]


@pytest.mark.parametrize("name", ["..%2Fx", "a%20b", "x" * 65, "%2E%2E%2F%2E%2E"])
def test_a_name_that_is_none_is_refused(table_app: Any, name: str) -> None:
    """Nothing is ever written outside of the folder."""
    answer = table_app.api.put(f"/api/snapshots/{name}", json={})

    assert answer.status_code == 409
    assert "cannot be the name of a snapshot" in answer.json()["message"]


def test_an_unknown_start_state_says_which_there_are(table_app: Any) -> None:
    """Loading and deleting what is not there changes nothing."""
    put_row(table_app, "here")
    table_app.api.put("/api/snapshots/known", json={})

    loaded = table_app.api.post("/api/snapshots/unknown/load", json={})
    deleted = table_app.api.delete("/api/snapshots/unknown")

    for answer in (loaded, deleted):
        assert answer.status_code == 409
        assert answer.json()["message"] == 'There is no snapshot "unknown".'
        assert "known" in answer.json()["remedy"]
    assert owners(table_app) == ["here"]
