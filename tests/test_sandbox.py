"""A sandbox as a program uses it."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import SeedError
from sandbox.exchange import Raised
from sandbox.sandbox import Sandbox

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
