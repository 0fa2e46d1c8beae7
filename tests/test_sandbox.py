"""A sandbox as a program uses it."""

from pathlib import Path

import pytest

from sandbox.errors import SeedError
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
