"""The sessions table of a running app: a row is changed where it is as it was read."""

from typing import Any

import pytest

from sandbox.inspector.session_table import StoredSessions
from sandbox.wiring.inspection import table_call

pytestmark = pytest.mark.slow

ROW = {
    "_idx": "a",
    "_ttl": 9_000_000_000,
    "n": 1,
    "yes": True,
    "no": None,
    "list": [{"a": 1.5}, "x"],
    "map": {"a": 1},
    "tags": {"$set": ["x", "y"]},
    "odd name #:": "x",
}


@pytest.fixture
def sessions(table_app: Any) -> StoredSessions:
    """Give the table, with one row in it."""
    table = StoredSessions(
        call=table_call(table_app.sandbox), name="testapp-staging-sessions"
    )
    table.put(ROW)
    return table


def test_a_row_becomes_another(sessions: StoredSessions) -> None:
    """Values of every kind are changed, added and taken away."""
    row = {
        "_idx": "a",
        "_ttl": 9_000_000_001,
        "n": "1",
        "yes": 1,
        "list": [],
        "map": {"a": [1], "b": {}},
        "tags": {"$set": [1]},
        "new": {"b": None},
    }

    assert sessions.update(ROW, row)
    assert sessions.get("a") == row


def test_what_others_wrote_meanwhile_stays(sessions: StoredSessions) -> None:
    """An update touches what it changes, and nothing else of the row."""
    sessions.put({**ROW, "n": 2, "new": 1})

    assert sessions.update(ROW, {**ROW, "yes": False})
    assert sessions.get("a") == {**ROW, "n": 2, "new": 1, "yes": False}


@pytest.mark.parametrize("others", [{"a": 2, "b": 1}, {}, [], "x", None])
def test_a_map_that_others_changed_is_not_changed_again(
    sessions: StoredSessions, others: Any
) -> None:
    """What it becomes was made of what it was: whoever did has to look again."""
    row = {**ROW, "map": others}
    sessions.put(row)

    assert not sessions.update(ROW, {**ROW, "map": {"a": 1, "c": 1}, "n": 2})
    assert sessions.get("a") == row


def test_a_map_is_not_put_where_others_put_one(sessions: StoredSessions) -> None:
    """Two merges of a map that there was not are to leave the members of both."""
    row = {**ROW, "new": {"a": 1}}
    sessions.put(row)

    assert not sessions.update(ROW, {**ROW, "new": {"b": 1}})
    assert sessions.get("a") == row


def test_a_row_that_is_gone_stays_gone(sessions: StoredSessions) -> None:
    """An update never brings a session back."""
    sessions.delete("a")

    assert not sessions.update(ROW, {**ROW, "n": 2})
    assert sessions.get("a") is None


def test_a_row_of_many_attributes_is_changed(sessions: StoredSessions) -> None:
    """No limit of expressions applies."""
    many = {f"name {n}": n for n in range(2000)}

    assert sessions.update(ROW, {**ROW, **many})
    assert list(sessions.get("a") or ()) == [*ROW, *many]
    assert sessions.update({**ROW, **many}, ROW)
    assert sessions.get("a") == ROW
