"""Holds `arc-sandbox project`: the tree, the inventory, and what it refuses."""

import json
from pathlib import Path

from click.testing import CliRunner

from sandbox.cli import main


def test_project_prints_the_tree_and_the_inventory(tmp_path: Path) -> None:
    """JSON has both, and says an infinite number in a way that JSON can."""
    (tmp_path / "app.arc").write_text("@app\nmyapp\n@x\n1e400\n")

    result = CliRunner().invoke(
        main, ["project", "--format", "json", "--cwd", str(tmp_path)]
    )

    printed = json.loads(result.stdout)
    assert printed["parser"] == {"app": ["myapp"], "x": [{"$number": "Infinity"}]}
    assert printed["inventory"]["app"] == "myapp"
    assert result.exit_code == 0


def test_project_prints_facts_as_text(tmp_path: Path) -> None:
    """The text names what is not emulated."""
    (tmp_path / "app.arc").write_text("@app\nmyapp\n@scheduled\nping rate(1 day)\n")

    result = CliRunner().invoke(main, ["project", "--cwd", str(tmp_path)])

    assert "not emulated  @scheduled" in result.stdout


def test_project_exits_with_2_and_every_problem(tmp_path: Path) -> None:
    """A refused project prints nothing on standard output."""
    (tmp_path / "app.arc").write_text("@app\nX\n@http\nget\n")

    result = CliRunner().invoke(main, ["project", "--cwd", str(tmp_path)])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "app.arc:2:1: @app" in result.stderr
    assert "app.arc:4:1: @http" in result.stderr


def test_project_warns_on_standard_error(tmp_path: Path) -> None:
    """A folder without a manifest is served, with a warning."""
    result = CliRunner().invoke(main, ["project", "--cwd", str(tmp_path)])

    assert result.exit_code == 0
    assert result.stderr.startswith("Warning: ")


def test_project_shows_an_app_that_cannot_be_run(tmp_path: Path) -> None:
    """What `@sandbox` sets wrongly is nothing to Architect; to run it, it must mend."""
    (tmp_path / "app.arc").write_text("@app\nmyapp\n")
    (tmp_path / "prefs.arc").write_text("@sandbox\npersist maybe\n")
    told = 'prefs.arc:2:1: @sandbox persist is "maybe".'

    shown = CliRunner().invoke(main, ["project", "--cwd", str(tmp_path)])
    assert (shown.exit_code, "myapp" in shown.stdout) == (0, True)
    assert told in shown.stderr

    for command in ("check", "start"):
        refused = CliRunner().invoke(main, [command, "--cwd", str(tmp_path)])
        assert refused.exit_code == 2
        assert told in refused.stderr
