"""Holds `arc-sandbox routes`: one line a route."""

import json
from pathlib import Path

from click.testing import CliRunner

from sandbox.cli import main

MANIFEST = "@app\nmyapp\n@aws\nruntime python3.13\n@http\nget /\npost /things/:id\n"


def test_routes_are_aligned(tmp_path: Path) -> None:
    """Method, path, source folder and runtime stand in columns."""
    (tmp_path / "app.arc").write_text(MANIFEST)

    result = CliRunner().invoke(main, ["routes", "--cwd", str(tmp_path)])

    assert result.stdout == (
        "get   /            src/http/get-index          python3.13\n"
        "post  /things/:id  src/http/post-things-000id  python3.13\n"
    )


def test_routes_print_json(tmp_path: Path) -> None:
    """The same columns, for programs."""
    (tmp_path / "app.arc").write_text(MANIFEST)

    result = CliRunner().invoke(
        main, ["routes", "--format", "json", "--cwd", str(tmp_path)]
    )

    assert json.loads(result.stdout)[0] == {
        "method": "get",
        "path": "/",
        "src": "src/http/get-index",
        "runtime": "python3.13",
    }


def test_routes_says_that_a_plugins_are_not_among_them(tmp_path: Path) -> None:
    """An app may have all of its routes from a plugin, which is not run."""
    (tmp_path / "app.arc").write_text("@app\nmyapp\n@plugins\nall-routes\n")
    (tmp_path / "src/plugins").mkdir(parents=True)
    (tmp_path / "src/plugins/all-routes.js").write_text("")

    result = CliRunner().invoke(main, ["routes", "--cwd", str(tmp_path)])

    assert "plugin" in result.stderr


def test_routes_says_that_there_are_none(tmp_path: Path) -> None:
    """An app without routes is told how to write one."""
    (tmp_path / "app.arc").write_text("@app\nmyapp\n")

    result = CliRunner().invoke(main, ["routes", "--cwd", str(tmp_path)])

    assert result.stdout == ""
    assert "get /" in result.stderr
