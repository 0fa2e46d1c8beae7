"""`arc-sandbox snapshot`, as far as it needs no sandbox; the rest is end to end."""

import pytest
from click.testing import CliRunner

from sandbox.cli.snapshot import snapshot_command


@pytest.mark.parametrize("verb", ["save", "load", "delete"])
def test_a_name_that_is_none_is_told(verb: str) -> None:
    """Before any sandbox is asked."""
    run = CliRunner().invoke(snapshot_command, [verb, ""])

    assert run.exit_code == 2
    assert "a snapshot has a name, such as signed-in." in run.output
