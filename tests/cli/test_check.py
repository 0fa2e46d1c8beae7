"""`arc-sandbox check`: advice and problems, and the exit code that a script reads."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sandbox.cli import main

VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
MANIFEST = f"@app\nmyapp\n@aws\nruntime {VERSION}\n@http\nget /\n"
SECRET = f"ARC_APP_SECRET={'S' * 32}\n"
GUIDE = "@tables\nsessions\n  _idx *String\n  ttl TTL\n"


def check(
    root: Path, *arguments: str, manifest: str = MANIFEST, dotenv: str = SECRET
) -> Result:
    (root / "app.arc").write_text(manifest)
    (root / ".env").write_text(dotenv)
    handler = root / "src" / "http" / "get-index" / "index.py"
    handler.parent.mkdir(parents=True, exist_ok=True)
    handler.write_text("def handler(event, context): return {}\n")
    handler.with_name("requirements.txt").touch()
    return CliRunner(env={"ARC_ENV": None, "HOME": str(root)}).invoke(
        main, ["check", "--cwd", str(root), *arguments]
    )


@pytest.mark.parametrize(
    ("dotenv", "arguments", "code"),
    [
        (SECRET, [], 0),
        (SECRET, ["--strict"], 0),
        ("", ["--strict"], 0),
        (f"{SECRET}ARC_ENV=x\n", [], 0),
        (f"{SECRET}ARC_ENV=x\n", ["--strict"], 1),
        (f"{SECRET}ARC_SESSION_TTL=soon\n", [], 1),
        (f"{SECRET}ARC_SESSION_TTL=soon\n", ["--strict", "--format", "json"], 1),
    ],
)
def test_check_exits_by_the_worst_level(
    tmp_path: Path, dotenv: str, arguments: list[str], code: int
) -> None:
    """1 for errors, with --strict for warnings too; hints never fail."""
    assert check(tmp_path, *arguments, dotenv=dotenv).exit_code == code


def test_check_shows_what_where_why_and_the_fix(tmp_path: Path) -> None:
    """And in the end how many there were of each level."""
    result = check(
        tmp_path,
        manifest=MANIFEST + GUIDE,
        dotenv=f"{SECRET}ARC_SESSION_TABLE_NAME=sessions\n",
    )

    assert result.stdout.splitlines()[:2] == [
        'warning: The sessions table "sessions" expires by "ttl", which no runtime '
        "helper writes.",
        "    app.arc:10",
    ]
    assert '    Fix: Declare "_ttl TTL".' in result.stdout
    assert result.stdout.endswith("No errors, 1 warning, no hints.\n")


def test_check_gives_json(tmp_path: Path) -> None:
    """One object each, for programs; a good app is an empty list."""
    wrong = check(
        tmp_path, "--format", "json", dotenv=f"{SECRET}ARC_SESSION_DOMAIN=example.com\n"
    )
    good = check(tmp_path, "--format", "json")

    assert json.loads(wrong.stdout) == [
        {
            "level": "error",
            "code": "session-domain",
            "what": 'ARC_SESSION_DOMAIN is "example.com", and the app is reached as '
            '"localhost".',
            "where": {"file": ".env", "line": 2, "column": 1},
            "why": "No browser accepts the cookie here: each request is a new visitor.",
            "fix": "Set it for staging and production only.",
        }
    ]
    assert json.loads(good.stdout) == []


def test_check_never_shows_a_secret(tmp_path: Path) -> None:
    """Neither as text nor as the line that it stands in."""
    for output in ("json", "text"):
        result = check(
            tmp_path, "--format", output, dotenv="ARC_APP_SECRET=s3cr3t-and-short\n"
        )
        assert "ARC_APP_SECRET" in result.output
        assert "s3cr3t" not in result.output


def test_check_tells_what_the_manifest_hardly_means(tmp_path: Path) -> None:
    """Its warnings count like any other."""
    result = check(tmp_path, "--strict", manifest=f"{MANIFEST}@htpp\nget /x\n")

    assert result.exit_code == 1
    assert "app.arc:7" in result.stdout


REFUSED = {"manifest": "@app\nX\n@http\nget\n"}


def test_check_exits_with_2_for_a_refused_project(tmp_path: Path) -> None:
    """Every problem is told, and nothing stands on standard output."""
    result = check(tmp_path, **REFUSED)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "app.arc:2:1" in result.stderr
    assert "app.arc:4:1" in result.stderr


@pytest.mark.parametrize(
    ("broken", "places"),
    [(REFUSED, [2, 4]), ({"manifest": "@app\n'myapp\n"}, [2])],
)
def test_check_gives_problems_as_json(
    tmp_path: Path, broken: Any, places: list[int]
) -> None:
    """In the shape of advice, so that a program reads one list."""
    result = check(tmp_path, "--format", "json", **broken)

    rows = json.loads(result.stdout)
    assert result.exit_code == 2
    assert [row["where"]["line"] for row in rows] == places
    assert {(row["level"], row["code"]) for row in rows} == {("error", "refused")}


def test_check_tells_of_a_stage_that_is_none(tmp_path: Path) -> None:
    """A wrong ARC_ENV is told beside the advice, and testing is used, as by start."""
    (tmp_path / "app.arc").write_text(MANIFEST)

    result = CliRunner(env={"ARC_ENV": "x", "HOME": str(tmp_path)}).invoke(
        main, ["check", "--format", "json", "--cwd", str(tmp_path)]
    )

    assert 'ARC_ENV is "x"' in result.stderr
    assert json.loads(result.stdout)


def test_check_judges_the_stage_of_arc_env(tmp_path: Path) -> None:
    """A default secret is a hint here, and a warning where the app is deployed."""
    (tmp_path / "app.arc").write_text(MANIFEST)

    result = CliRunner(env={"ARC_ENV": "production", "HOME": str(tmp_path)}).invoke(
        main, ["check", "--cwd", str(tmp_path)]
    )

    assert "warning: ARC_APP_SECRET is not set" in result.stdout


@pytest.mark.parametrize(
    ("added", "level", "fact"),
    [
        ("post /a\n", "error", '"post /a" has no handler: '),
        ("post /a\nget /b\n", "error", "The same goes for 1 more."),
        (
            "get /a\n@aws\nruntime ruby3.3\n",
            "warning",
            'The runtime "ruby3.3" of "get /a" does not run in the sandbox. The same '
            "goes for 1 more.",
        ),
    ],
)
def test_check_tells_of_functions_that_cannot_run(
    tmp_path: Path, added: str, level: str, fact: str
) -> None:
    """Whose requests all end in a 500."""
    manifest = f"@app\nmyapp\n@http\nget /\n{added}"
    if "@aws" not in added:
        manifest += f"@aws\nruntime {VERSION}\n"
    shown = check(tmp_path, manifest=manifest).stdout

    assert f"{level}: " in shown
    assert fact in shown
