"""A sandbox as a program uses it."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import SeedError
from sandbox.exchange import Raised
from sandbox.sandbox import Sandbox
from sandbox.testing import Client

pytestmark = pytest.mark.slow

MANIFEST = """@app
seeded

@http
get /

@tables
things
  id *String
"""


def test_invoke_waits_for_tables(tmp_path: Path) -> None:
    """A function never runs without them: what is wrong is told in its place."""
    handler = tmp_path / "src/http/get-index/index.py"
    handler.parent.mkdir(parents=True)
    handler.write_text("def handler(event, context):\n    return 1\n")
    (tmp_path / "app.arc").write_text(MANIFEST)
    (tmp_path / "sandbox-seed.json").write_text("{")

    with Sandbox(tmp_path) as sandbox, pytest.raises(SeedError, match="sandbox-seed"):
        sandbox.invoke("get /", {})


def test_a_closed_sandbox_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tables are empty, and would take the place of what a snapshot has."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    app = tmp_path / "app"
    app.mkdir()
    (app / "app.arc").write_text(MANIFEST)
    name = "seeded-staging-things"
    with Sandbox(app) as sandbox, Client(sandbox) as client:
        item = {"TableName": name, "Item": {"id": {"S": "1"}}}
        sandbox.tables.call("PutItem", item)
        sandbox.snapshots.save("good")
        sandbox.close()
        for act in (
            lambda: sandbox.snapshots.save("good"),
            lambda: sandbox.snapshots.load("good"),
            lambda: sandbox.invoke("get /", {}),
            lambda: sandbox.tables,
            lambda: sandbox.wsgi,
            lambda: client.get("/"),
        ):
            with pytest.raises(RuntimeError, match="this sandbox is not running"):
                act()

    with Sandbox(app) as sandbox:
        sandbox.snapshots.load("good")
        assert sandbox.tables.export()[name] == ({"id": {"S": "1"}},)


@pytest.mark.parametrize(
    ("event", "reason"),
    [(float("nan"), "not JSON compliant"), ({1, 2}, "not JSON serializable")],
    ids=["NaN", "set"],
)
def test_an_event_that_is_not_json_is_refused(
    tmp_path: Path, event: Any, reason: str
) -> None:
    """It is an outcome, as Lambda refuses it before any function runs."""
    (tmp_path / "app.arc").write_text("@app\nplain\n\n@http\nget /\n")

    with Sandbox(tmp_path) as sandbox:
        outcome = sandbox.invoke("get /", event).outcome

    assert isinstance(outcome, Raised)
    assert outcome.error_type == "InvalidRequestContentException"
    assert reason in outcome.message
