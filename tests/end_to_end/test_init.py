"""What `init` and autocreate make runs."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sandbox.cli import main
from sandbox.exchange import Returned

pytestmark = pytest.mark.slow

ALL_PRAGMAS = """@app
testapp

@aws
runtime {runtime}

@http
get /
post /things/:id

@events
mail

@queues
jobs

@scheduled
daily rate(1 day)
"""
EVENTS = {
    "get /": {},
    "post /things/:id": {},
    "mail": {"Records": [{"Sns": {"Message": "{}"}}]},
    "jobs": {"Records": [{"body": "{}"}]},
    "daily": {},
}


def test_a_new_apps_own_test_passes(tmp_path: Path) -> None:
    """With pytest as its developer runs it: a page, a session, a week later."""
    root = tmp_path / "shop"
    assert CliRunner().invoke(main, ["init", str(root)]).exit_code == 0

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=root,
        env={
            "PATH": os.environ["PATH"],  # noqa: TID251 - what a shell gives
            "HOME": str(tmp_path),
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "2 passed" in run.stdout


def test_a_new_app_has_nothing_that_bites(tmp_path: Path) -> None:
    """`check --strict` agrees."""
    root = tmp_path / "shop"
    CliRunner().invoke(main, ["init", str(root)])

    told = CliRunner().invoke(main, ["check", "--strict", "--cwd", str(root)])

    assert told.output == "No errors, no warnings, no hints.\n"


@pytest.mark.parametrize("runtime", ["python3.11", "nodejs22.x"])
def test_created_handlers_run(
    runtime: str, tmp_path: Path, serve: Any, find_program: Callable[[str], str]
) -> None:
    """Each kind, in both languages, with an event of its kind."""
    if runtime.startswith("node"):
        find_program("node")
    root = tmp_path / "app"
    root.mkdir()
    (root / "app.arc").write_text(ALL_PRAGMAS.format(runtime=runtime))
    CliRunner().invoke(main, ["init", str(root)])

    sandbox = serve(root).sandbox

    for name, event in EVENTS.items():
        outcome = sandbox.invoke(name, event).outcome
        assert isinstance(outcome, Returned), (name, outcome)


def test_autocreate_creates_at_start_and_as_the_manifest_grows(
    make_app: Any, serve: Any
) -> None:
    """`@create autocreate true`: a line in the manifest, and the route answers."""
    app = make_app({"prefs.arc": "@create\nautocreate true\n"})
    served = serve(app)
    assert served.client.get("/").status_code == 200
    assert any("autocreate" in notice.text for notice in served.notices)

    manifest = app.root / "app.arc"
    manifest.write_text(manifest.read_text().replace("get /", "get /\nget /more"))

    assert served.client.get("/more").status_code == 200
    assert (app.root / "src/http/get-more").is_dir()


def test_nothing_is_created_unasked(make_app: Any, serve: Any) -> None:
    """Without the preference a missing handler is told, as ever."""
    app = make_app({})
    served = serve(app)

    assert served.client.get("/").status_code == 500
    assert not (app.root / "src").exists()
