"""What saves set off in a running app: errors at once, and advice that is new."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.notice import Notice, told_errors
from sandbox.options import Options
from sandbox.sandbox import Sandbox
from sandbox.watch.changes import Change

pytestmark = pytest.mark.slow

MANIFEST = "@app\nmyapp\n@aws\nruntime python\n@http\nget /\n"
HANDLER = "def handler(event, context):\n    return {}\n"
COUNTING = """
from pathlib import Path

def handler(event, context):
    file = Path(__file__).with_name("visits.json")
    count = len(file.read_text()) if file.exists() else 0
    file.write_text("x" * (count + 1))
    return {"html": f"visit {count}"}
"""


WATCHED = Options(
    http_port=0, tables_port=0, internal_port=0, events_port=0, watch=True
)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Give the folder of an app with one function."""
    (tmp_path / "app.arc").write_text(MANIFEST)
    handler = tmp_path / "src/http/get-index/index.py"
    handler.parent.mkdir(parents=True)
    handler.write_text(HANDLER)
    return tmp_path


def test_a_save_shows_its_error_and_its_advice(app: Path, wait_until: Any) -> None:
    """Nobody has asked for the page yet."""
    said: list[Notice] = []
    with Sandbox(app, options=WATCHED, say=said.append) as sandbox:
        sandbox.adviser.tell()
        handler = app / "src/http/get-index/index.py"
        handler.write_text(f"import arc\n{HANDLER}oops(\n")
        wait_until(lambda: any("does not load" in notice.text for notice in said))
        wait_until(lambda: any("requirements.txt" in notice.text for notice in said))

    assert "SyntaxError" in next(n.text for n in said if "does not load" in n.text)


def test_advice_on_an_edit_is_told_before_the_end(app: Path, wait_until: Any) -> None:
    """Whoever stops the sandbox right after a save still hears of it."""
    said: list[Notice] = []
    with Sandbox(app, options=WATCHED, say=said.append) as sandbox:
        sandbox.adviser.tell()
        (app / "src/http/get-index/index.py").write_text(f"import arc\n{HANDLER}")
        wait_until(lambda: any("new code" in notice.text for notice in said))

    assert any("requirements.txt" in notice.text for notice in said)


def reloads(sandbox: Sandbox) -> int:
    """Give how often open pages were told to load anew."""
    heard = next(sandbox.pages.listen(None, sees_source=False)).decode()
    found = re.search(r'"version": "\w+\.(\d+)"', heard)
    assert found is not None
    return int(found[1])


def test_what_a_function_writes_is_no_save(app: Path, wait_until: Any) -> None:
    """Or its page would load anew for ever; an edit of the same file is one."""
    said: list[Notice] = []
    handler = app / "src/http/get-index/index.py"
    handler.write_text(COUNTING)
    with Sandbox(app, options=WATCHED, say=said.append) as sandbox:
        for _ in range(3):
            httpx.get(sandbox.url).raise_for_status()
        handler.write_text(f"{COUNTING}\n")
        wait_until(lambda: reloads(sandbox) > 0)
        after_edit = reloads(sandbox)
        (app / "src/http/get-index/visits.json").write_text("by hand")
        wait_until(lambda: reloads(sandbox) > after_edit)

    assert after_edit == 1
    told = [notice.text for notice in said if "visits.json" in notice.text]
    assert len(told) == 1


def test_a_style_sheet_that_is_replaced_is_swapped(app: Path) -> None:
    """Whatever the name under which it was written first, as `sed -i` does."""
    sheet, draft = app / "public/a.css", app / "public/sedAb1Xy9"
    sheet.parent.mkdir()
    sheet.write_text("p { color: red }")
    (app / "app.arc").write_text(f"{MANIFEST}@static\n")
    changes = (
        *(Change(path=draft, kind="added"), Change(path=draft, kind="removed")),
        Change(path=sheet, kind="added"),
    )
    with Sandbox(app, options=replace(WATCHED, watch=False)) as sandbox:
        page = sandbox.pages.listen(None, sees_source=False)
        next(page)
        sandbox._saves.react_to(changes)  # noqa: SLF001 - as the watcher would
        told = next(page)

    assert b'"change": "styles"' in told


def test_a_module_that_writes_and_fails_is_loaded_once(
    app: Path, wait_until: Any
) -> None:
    """What it has written would have it loaded again, and so on for ever."""
    said: list[Notice] = []
    written = app / "src/http/get-index/loads.txt"
    writing = "open(__file__[:-8] + 'loads.txt', 'a').write('x')\n"
    with Sandbox(app, options=WATCHED, say=said.append) as sandbox:
        httpx.get(sandbox.url).raise_for_status()
        (app / "src/http/get-index/index.py").write_text(f"{writing}{HANDLER}oops\n")
        wait_until(lambda: any("does not load" in notice.text for notice in said))
        wait_until(lambda: sandbox.clock.now_epoch() - written.stat().st_mtime > 0.3)


def test_after_a_save_a_node_process_waits_for_the_next_one(
    app: Path, find_program: Any
) -> None:
    """Node takes 40 ms and more to begin, and a save may follow before a tick."""
    find_program("node")
    (app / "app.arc").write_text(MANIFEST.replace("python", "nodejs22.x"))
    handler = app / "src/http/get-index/index.mjs"
    handler.write_text("export const handler = async () => process.pid")
    edit = Change(path=handler, kind="modified")
    with Sandbox(app, options=replace(WATCHED, watch=False)) as sandbox:
        first = httpx.get(sandbox.url).text
        sandbox._saves.react_to([edit])  # noqa: SLF001 - as the watcher would
        (spare,) = sandbox._live.pool.statistics().spare_pids  # noqa: SLF001
        handler.write_text("export const handler = async () => `${process.pid} new`")
        second = httpx.get(sandbox.url).text

    assert second == f"{spare} new" != f"{first} new"


def test_a_manifest_edit_is_advised_on_without_watching(app: Path) -> None:
    """At the next tick after a request has read it."""
    said: list[Notice] = []
    with Sandbox(app, options=Options.for_program({}), say=said.append) as sandbox:
        sandbox.adviser.tell()
        said.clear()
        (app / "app.arc").write_text(f"{MANIFEST}@tables\njwe\n  id *String\n")
        assert sandbox.project.tables
        sandbox.tick()

    assert any('A table is called "jwe".' in notice.text for notice in said)


def test_told_errors_names_the_error() -> None:
    """For threads that go on after one."""
    said: list[Notice] = []

    told_errors(said.append)(ValueError("no"))

    assert said == [Notice(level="error", text="ValueError: no")]
