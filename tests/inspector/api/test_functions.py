"""Functions by the API: what their workers do, and starting them anew."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow


def function(inspected: Any, name: str) -> Any:
    found = inspected.get("functions")["functions"]
    return next(one for one in found if one["name"] == name)


def test_workers_are_counted(table_app: Any) -> None:
    """A function that answered is warm, and its memory is known."""
    before = function(table_app, "get /")
    table_app.app.get("/")
    after = function(table_app, "get /")

    assert after["invocations"] == before["invocations"] + 1
    assert (after["warm"], after["running"]) == (1, 0)
    assert after["max_memory_bytes"] > 1_000_000
    assert (after["folder"], after["last_failure"]) == ("src/http/get-index", None)


def test_the_last_failure_is_kept(table_app: Any) -> None:
    """With its trace."""
    table_app.app.get("/fail")

    failure = function(table_app, "get /fail")["last_failure"]

    assert failure["outcome"] == "raised"
    assert "ValueError" in failure["trace"]


def test_functions_are_started_anew(table_app: Any) -> None:
    """No worker is warm after a reload, and the next event starts one."""
    table_app.app.get("/")
    cold = function(table_app, "get /")["cold_starts"]

    reloaded = table_app.post("functions/reload")["functions"]
    table_app.app.get("/")

    assert {one["warm"] for one in reloaded} == {0}
    assert function(table_app, "get /")["cold_starts"] == cold + 1
