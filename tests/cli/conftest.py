"""A sandbox in this process that commands find, as `arc-sandbox start` leaves it."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import click.testing
import pytest

from sandbox.cli import main
from sandbox.options import Options
from sandbox.ready_file import ReadyFile, ready_folder, write_ready_file
from sandbox.sandbox import Sandbox
from tests.files import write_files

MANIFEST = """@app
here
@aws
runtime python
@http
get /
@tables
sessions
  _idx *String
  _ttl TTL
"""
READ = """import arc
def handler(request, context):
    return {"count": int(arc.http.session_read(request).get("count", 0))}
"""

Run = Callable[..., Any]


@contextmanager
def running_app(root: Path, *, store: str) -> Iterator[tuple[Sandbox, Run]]:
    """Run an app with sessions; gives it, and what runs a command in its folder."""
    files = {
        "app.arc": MANIFEST,
        ".env": f"ARC_SESSION_TABLE_NAME={store}\n",
        "src/http/get-index/index.py": READ,
    }
    app = write_files(root / "app", files)
    environ = {"XDG_STATE_HOME": str(root / "state")}
    with Sandbox(app, options=Options.for_program({})) as sandbox:
        ready = ReadyFile(
            root=str(app),
            pid=os.getpid(),
            url=sandbox.url,
            internal_url=sandbox.inspector_url,
        )
        write_ready_file(ready_folder(environ, None), ready)

        def run(*arguments: str) -> Any:
            runner = click.testing.CliRunner(env=environ)
            return runner.invoke(main, [*arguments, "--cwd", str(app)])

        yield sandbox, run


@pytest.fixture
def run_here(
    tmp_path: Path,
) -> Callable[..., AbstractContextManager[tuple[Sandbox, Run]]]:
    """Give what runs an app with sessions in a store, and commands for it."""
    return lambda store: running_app(tmp_path, store=store)
