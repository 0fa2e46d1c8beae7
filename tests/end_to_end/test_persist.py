"""Data that stays: killed at any moment, restarted, saved by the command."""

import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

from sandbox.backing import Wishes
from sandbox.errors import StorageError
from tests.end_to_end import table_writer
from tests.end_to_end.table_writer import TABLE, open_store, operations

pytestmark = pytest.mark.slow

ROUNDS = 60
COUNT = """import arc
def handler(request, context):
    table = arc.tables.table("counts")
    found = table.update_item(
        Key={"id": "a"},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="ALL_NEW",
    )
    return {"n": int(found["Attributes"]["n"])}
"""
TABLES = "@tables\ncounts\n  id *String\n"


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Any]:
    """Give the program that writes rows until it is killed."""
    process = subprocess.Popen(  # noqa: TID251 - the process that is killed
        [sys.executable, table_writer.__file__, str(tmp_path / "state")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    yield process
    process.communicate()


def kill_after(process: Any, round_number: int, acknowledged: int) -> int:
    """Kill the writer's child after so many operations; give how many it told of."""
    lines: IO[str] = process.stdout
    process.stdin.write(f"{round_number}\n")
    told, pid = 0, 0
    for line in lines:
        word, _, number = line.strip().partition(" ")
        if word == "dead":
            return told
        if word == "pid":
            pid = int(number)
        else:
            told = int(word)
        if pid and told >= acknowledged:
            subprocess.run(["kill", "-9", str(pid)], check=False)
            pid = 0
    raise AssertionError("the writer has ended by itself")


def rows_in(folder: Path) -> dict[str, int]:
    """Give the number under each key, as a new sandbox finds them."""
    store, ledger = open_store(folder)
    found: Any = store.export()[TABLE]
    store.close()
    ledger.close()
    return {row["id"]["S"]: int(row["n"]["N"]) for row in found}


def after(rows: dict[str, int], round_number: int, count: int) -> dict[str, int]:
    """Give what so many operations of a round make of rows."""
    rows = dict(rows)
    for _, (puts, deleted) in zip(range(count), operations(round_number), strict=False):
        rows.update(puts)
        rows.pop(deleted or "", None)
    return rows


def test_a_killed_process_loses_nothing_it_acknowledged(
    writer: Any, tmp_path: Path
) -> None:
    """SIGKILL at many random moments, some while the file is being rewritten.

    After each, all that was acknowledged is there, and at most the one operation more
    that was under way, wholly.
    """
    choose = random.Random(7)  # noqa: S311 - to be the same again
    rows: dict[str, int] = {}
    total = 0

    for number in range(ROUNDS):
        told = kill_after(writer, number, choose.randrange(120))
        found = rows_in(tmp_path / "state")
        possible = [after(rows, number, told + more) for more in (0, 1)]
        assert found in possible, (number, told)
        rows, total = found, total + told

    assert total > ROUNDS * 30


def test_tables_outlive_a_killed_sandbox(
    make_app: Callable[..., Any], start: Any
) -> None:
    """`arc-sandbox start --persist`, killed and started again, counts on."""
    app = make_app({"src/http/get-index/index.py": COUNT}, more=TABLES)
    counts = []
    for _ in range(2):
        sandbox = start("--persist", cwd=app.root)
        assert "  tables  counts  (port " in sandbox.output
        counts += [httpx.get(sandbox.url).json()["n"] for _ in range(3)]
        sandbox.send(signal.SIGKILL)
        sandbox.wait()

    assert counts == [1, 2, 3, 4, 5, 6]
    state = app.root / ".local/state/arc-sandbox"
    assert [path.name for path in state.rglob("tables.jsonl")] == ["tables.jsonl"]


def test_a_second_sandbox_of_the_app_is_refused(
    make_app: Callable[..., Any], command: Callable[..., Any], start: Any
) -> None:
    """It ends with exit code 1 and says which process has the tables."""
    app = make_app({"src/http/get-index/index.py": COUNT}, more=TABLES)
    first = start("--persist", cwd=app.root)

    second = command("start", "--persist", cwd=app.root)

    assert second.wait() == 1
    assert f"another sandbox of this app (process {first.pid})" in second.output
    assert "Traceback" not in second.output


def test_a_preference_keeps_tables(
    make_app: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    """`@sandbox persist true`, unless a flag says otherwise."""
    app = make_app(
        {
            "src/http/get-index/index.py": COUNT,
            "prefs.arc": "@sandbox\npersist true\n",
        },
        more=TABLES,
    )
    counts = []
    for wishes in (Wishes(), Wishes(), Wishes(persist=False)):
        one = serve(app, wishes=wishes)
        counts.append(one.client.get("/").json()["n"])
        one.sandbox.close()

    assert counts == [1, 2, 1]


def test_a_preference_that_waits_for_the_next_start_says_so(
    make_app: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    """Tables and ports are as they were; an edit of something else says nothing."""
    app = make_app({"src/http/get-index/index.py": COUNT}, more=TABLES)
    one = serve(app, wishes=Wishes())
    told = []
    for edited in ("livereload false", "persist true", "persist 7"):
        app.write({"prefs.arc": f"@sandbox\n{edited}\n"})
        one.client.get("/")
        told.append([n.text for n in one.notices if "@sandbox" in n.text])
        one.notices.clear()

    assert told[:2] == [
        [],
        ["@sandbox was edited; from the next start on: tables in memory → on disk."],
    ]
    (refused,) = told[2]
    assert refused.startswith('prefs.arc:2:1: @sandbox persist is "7".')


def test_a_home_that_cannot_be_written_is_told_at_start(
    make_app: Callable[..., Any], serve: Callable[..., Any], tmp_path: Path
) -> None:
    """One error with the path and the remedy, before anything is served."""
    app = make_app({"src/http/get-index/index.py": COUNT}, more=TABLES)
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="cannot be written") as refused:
        serve(app, wishes=Wishes(persist=True), home=tmp_path / "file")

    assert "XDG_STATE_HOME" in refused.value.remedy


def test_snapshots_by_the_command(
    make_app: Callable[..., Any], command: Callable[..., Any], start: Any
) -> None:
    """Saved, changed, loaded: the app counts from where it stood."""
    app = make_app({"src/http/get-index/index.py": COUNT}, more=TABLES)
    sandbox = start(cwd=app.root)

    def run(*arguments: str) -> str:
        one = command("snapshot", *arguments, cwd=app.root)
        one.wait()
        return str(one.output)

    httpx.get(sandbox.url)
    saved = run("save", "one")
    httpx.get(sandbox.url)
    listed, loaded = run("list"), run("load", "one")

    assert httpx.get(sandbox.url).json() == {"n": 2}
    assert (saved, loaded) == ('Saved "one": 1 row.\n', 'Loaded "one".\n')
    assert re.fullmatch(r"one  \S+Z  1 row  real time\n", listed)
    assert run("delete", "one") == 'Deleted "one".\n'
    assert 'There is no snapshot "one"' in run("load", "one")


def test_a_program_saves_and_loads(
    make_app: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    """`Sandbox.snapshots` saves and loads, with the clock."""
    app = make_app({"src/http/get-index/index.py": COUNT}, more=TABLES)
    one = serve(app)
    one.client.get("/")
    one.sandbox.clock.advance(86_400)
    one.sandbox.snapshots.save("start")
    one.client.get("/")
    one.sandbox.clock.reset()

    one.sandbox.snapshots.load("start")

    assert one.client.get("/").json() == {"n": 2}
    assert one.sandbox.clock.offset_seconds == pytest.approx(86_400)
