"""Session rows on the sandbox's own store."""

import pytest

from sandbox.testing import SandboxUnderTest
from sandbox.testing.session_rows import SessionRows, physical_name

pytestmark = pytest.mark.slow

ROW = {
    "_idx": "a",
    "text": "é",
    "whole": 3,
    "part": 0.5,
    "yes": True,
    "none": None,
    "octets": b"\x00\xff",
    "list": [1, "two", {"three": 3}],
    "names": {"x", "y"},
    "numbers": {1, 2.5},
}


def test_rows_come_back_as_they_were_put(sandbox: SandboxUnderTest) -> None:
    """Every type that a session can hold survives; a deleted row is gone."""
    name = physical_name(sandbox.project, "sessions", stage=sandbox.stage)
    rows = SessionRows(sandbox.tables, name)
    rows.put(ROW)
    found = rows.get("a")
    rows.delete("a")

    assert name == "parts-staging-sessions"
    assert found == ROW
    assert rows.get("a") is None
