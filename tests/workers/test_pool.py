"""Workers by function: kept warm, replaced when they are behind, capped and closed."""

import os
import resource
import signal
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.exchange import (
    Invocation,
    Raised,
    Returned,
    Throttled,
    TimedOut,
    Unavailable,
)
from sandbox.folder_events import FolderEvents
from sandbox.json_value import JsonText
from sandbox.project.model import Key, Table
from sandbox.workers import wire
from sandbox.workers.channel import Channel
from sandbox.workers.debugging import Debugging
from sandbox.workers.limits import PoolLimits
from sandbox.workers.worker import Worker

PID = "import os\ndef handler(event, context): return os.getpid()\n"
WAITS_FOR_FILE = """
    import os, time

    def handler(event, context):
        open(event["begun"], "w").close()
        while not os.path.exists(event["go"]):
            time.sleep(0.002)
        return {version!r}
"""
LOADS_ONCE_TOLD = """
    import os, time

    with open("loads", "a") as file:
        file.write("x")
    while not os.path.exists("go"):
        time.sleep(0.002)
    {ending}
"""


def is_alive(pid):
    """Tell whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("can_fork", [True, False], ids=["forked", "spawned"])
def test_workers_stay_warm(app, invoke, can_fork):
    """The second event finds the first one's process."""
    function = app.function("pid", PID)
    pool = app.pool(can_fork=can_fork)

    first, second = invoke(pool, function), invoke(pool, function)

    assert first.is_cold
    assert first.init_ms > 0
    assert not second.is_cold
    assert second.init_ms == 0
    assert first.outcome == second.outcome == Returned(value=first.worker_pid)
    assert first.max_memory_bytes > 1_000_000


@pytest.mark.parametrize("can_fork", [True, False], ids=["forked", "spawned"])
def test_workers_are_forked_where_that_is_safe(app, invoke, can_fork):
    """The parent is the nursery, or else this process."""
    source = "import os\ndef handler(event, context): return os.getppid()\n"
    function = app.function("parent", source)
    pool = app.pool(can_fork=can_fork)

    parent = invoke(pool, function).outcome.value

    expected = pool.statistics().nursery_pid if can_fork else os.getpid()
    assert parent == expected


def test_functions_that_bring_a_preloaded_module_are_spawned(app, invoke):
    """Their own module is imported, not the one that others share."""
    app.write("src/http/get-own/vendor/boto3.py", "WORD = 'vendored'")
    app.write("src/http/get-own/fractions.py", "WORD = 'sibling'")
    app.function("usual", "import boto3\ndef handler(e, c): return boto3.__name__\n")
    function = app.function(
        "own",
        """
        import boto3, fractions
        def handler(event, context): return [boto3.WORD, fractions.WORD]
        """,
    )

    outcome = invoke(app.pool(), function).outcome

    assert outcome == Returned(value=["vendored", "sibling"])


def test_functions_have_processes_of_their_own(app, invoke):
    """Nothing is shared between functions."""
    one, two = app.function("one", PID), app.function("two", PID)
    pool = app.pool()

    first, second = invoke(pool, one), invoke(pool, two)

    assert first.outcome == Returned(value=first.worker_pid)
    assert second.outcome == Returned(value=second.worker_pid)
    assert first.worker_pid != second.worker_pid


def test_a_second_concurrent_event_gets_a_second_worker(
    app, invoke, tmp_path, wait_until
):
    """Events of one function do not wait for one another."""
    function = app.function("wait", WAITS_FOR_FILE.format(version=1))
    pool = app.pool()

    def run(number):
        event = {"begun": str(tmp_path / f"begun{number}"), "go": str(tmp_path / "go")}
        return invoke(pool, function, event)

    with ThreadPoolExecutor() as threads:
        running = [threads.submit(run, number) for number in range(3)]
        wait_until(lambda: len(list(tmp_path.glob("begun*"))) == 3)
        (tmp_path / "go").touch()
        executions = [future.result() for future in running]

    assert [execution.outcome for execution in executions] == [Returned(value=1)] * 3
    assert len({execution.worker_pid for execution in executions}) == 3


@pytest.mark.slow
@pytest.mark.parametrize("can_fork", [True, False], ids=["forked", "spawned"])
def test_every_edit_is_seen_by_the_very_next_event(app, invoke, can_fork):
    """Fifty edits of equal length, as fast as they come, each answered by new code."""
    edits = 50 if can_fork else 5
    function = app.function("edit", "def handler(e, c): return 1000\n")
    pool = app.pool(can_fork=can_fork)
    seen = []
    for number in range(edits):
        app.function("edit", f"def handler(e, c): return {1000 + number}\n")
        seen.append(invoke(pool, function).outcome.value)
        seen.append(invoke(pool, function).outcome.value)

    assert seen == [1000 + number for number in range(edits) for _ in range(2)]


def test_edits_that_keep_the_times_are_seen(app, invoke):
    """Equal size and a modification time set back do not hide an edit."""
    function = app.function("back", "def handler(e, c): return 1\n")
    pool = app.pool()
    invoke(pool, function)
    old = function.handler_file.stat()

    function.handler_file.write_text("def handler(e, c): return 2\n")
    os.utime(function.handler_file, ns=(old.st_atime_ns, old.st_mtime_ns))

    assert invoke(pool, function).outcome == Returned(value=2)


@pytest.mark.parametrize(
    ("changed", "content"),
    [
        ("src/http/get-deps/sibling.py", "WORD = 'new'"),
        ("src/http/get-deps/vendor/vendored.py", "WORD = 'new'"),
        ("src/shared/common.py", "WORD = 'new'"),
        ("src/http/get-deps/template.txt", "new"),
        ("src/http/get-deps/optional.py", "WORD = 'new'"),
        ("src/http/get-deps/vendored.py", "WORD = 'shadows'"),
        ("src/http/get-deps/lambda.py", "def handler(e, c): return 'takes over'"),
    ],
)
def test_whatever_the_code_rests_on_is_watched(app, invoke, changed, content):
    """Modules, vendored and shared code, files it read, and files that come to be."""
    app.write("src/http/get-deps/sibling.py", "WORD = 'old'")
    app.write("src/http/get-deps/vendor/vendored.py", "WORD = 'old'")
    app.write("src/shared/common.py", "WORD = 'old'")
    app.write("src/http/get-deps/template.txt", "old")
    app.mount(shared_folder=app.root / "src" / "shared")
    function = app.function(
        "deps",
        """
        import sibling, vendored
        from shared import common
        try:
            import optional
        except ImportError:
            optional = None
        TEMPLATE = open("template.txt").read()

        def handler(event, context):
            words = [sibling.WORD, vendored.WORD, common.WORD, TEMPLATE]
            return words + [optional and optional.WORD]
        """,
    )
    app.mount(shared_folder=app.root / "src" / "shared")
    pool = app.pool()
    before = [invoke(pool, function) for _ in range(2)]

    app.write(changed, content)
    after = invoke(pool, function)

    assert not before[1].is_cold
    assert before[0].outcome == Returned(value=["old", "old", "old", "old", None])
    assert isinstance(after.outcome, Returned)
    assert after.outcome != before[0].outcome
    assert after.worker_pid != before[0].worker_pid


APPENDS = """
    def handler(event, context):
        with open("data.txt", "a+") as file:
            file.write("x")
            file.seek(0)
            return len(file.read())
"""
READS_AND_WRITES = """
    from pathlib import Path

    def handler(event, context):
        text = Path("data.txt").read_text() + "x"
        Path("data.txt").write_text(text)
        return len(text)
"""
READS_AND_REPLACES = """
    from pathlib import Path

    def handler(event, context):
        text = Path("data.txt").read_text() + "x"
        Path("data.new").write_text(text)
        Path("data.new").replace("data.txt")
        return len(text)
"""
READS_FIRST_AND_WRITES_LATER = """
    from pathlib import Path

    TEXT = Path("data.txt").read_text()

    def handler(event, context):
        Path("data.txt").write_text(f"{TEXT}{event}")
        return len(TEXT)
"""
READS_AND_REMOVES = """
    import os
    from pathlib import Path

    def handler(event, context):
        text = Path("data.txt").read_text() if os.path.exists("data.txt") else ""
        os.path.exists("data.txt") and os.remove("data.txt")
        return len(text)
"""


@pytest.mark.parametrize(
    ("source", "values"),
    [
        (APPENDS, [2, 3, 4]),
        (READS_AND_WRITES, [2, 3, 4]),
        (READS_AND_REPLACES, [2, 3, 4]),
        (READS_FIRST_AND_WRITES_LATER, [1, 1, 1]),
        (READS_AND_REMOVES, [1, 0, 0]),
    ],
    ids=["appends", "reads, writes", "reads, replaces", "reads first", "removes"],
)
def test_files_that_a_handler_writes_do_not_make_it_cold(app, invoke, source, values):
    """Data beside the code is data, and bytecode is not written."""
    function = app.function("data", source)
    app.write("src/http/get-data/data.txt", "x")
    pool = app.pool()

    executions = [invoke(pool, function, number) for number in range(3)]

    assert [execution.outcome.value for execution in executions] == values
    assert [execution.is_cold for execution in executions] == [True, False, False]
    names = {path.name for path in function.folder.iterdir()}
    assert names <= {"index.py", "data.txt"}


WRITES_BESIDE = """
import os

FOUND = os.listdir("plugins")

def handler(event, context):
    open(f"{event}.json", "w").close()
    open(f"plugins/{event}.pyc", "w").close()
"""


def test_new_files_beside_the_code_do_not_make_it_cold(app, invoke):
    """Data that no import can mean, in a folder that was looked through as well."""
    function = app.function("beside", WRITES_BESIDE)
    (function.folder / "plugins").mkdir()
    pool = app.pool()

    executions = [invoke(pool, function, number) for number in range(3)]

    assert [execution.is_cold for execution in executions] == [True, False, False]


WRITES_IN_EVERY_WAY = """
    import os, shutil, tempfile
    from contextlib import suppress
    from pathlib import Path

    Path("loading.txt").write_text("")

    def handler(event, context):
        if event is None:
            return
        Path("appended.txt").open("a").close()
        Path("new").write_text("")
        Path("new").replace("replaced.txt")
        Path("made.d").mkdir(exist_ok=True)
        Path("removed.txt").unlink()
        # None of these changes anything here.
        Path("there").mkdir(exist_ok=True)
        Path("absent.txt").unlink(missing_ok=True)
        with suppress(OSError):
            Path("nowhere/file.txt").write_text("")
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "data.txt").write_text("")
        with open("data.txt") as file:
            file.read()
"""


def test_what_an_event_has_written_is_told_with_it(app, invoke):
    """On Lambda it would fail; what is only tried fails there as it does here."""
    function = app.function("writes", WRITES_IN_EVERY_WAY)
    for name in ("data.txt", "removed.txt", "there/x"):
        app.write(f"src/http/get-writes/{name}", "")
    pool = app.pool()

    def written(event: object) -> set[str]:
        paths = invoke(pool, function, event).written
        return {str(Path(path).relative_to(function.folder)) for path in paths}

    assert written(None) == {"loading.txt"}
    assert written(1) == {
        "appended.txt",
        "new",
        "replaced.txt",
        "made.d",
        "removed.txt",
    }
    app.write("src/http/get-writes/removed.txt", "")
    assert written(1) == {"appended.txt", "new", "replaced.txt", "removed.txt"}
    assert written(None) == set()


def test_a_file_that_another_function_writes_is_a_change(app, invoke):
    """What is one function's own data may be in another one's variables."""
    reader = app.function(
        "reader",
        """
        from pathlib import Path
        WORD = Path(__file__).with_name("word.txt").read_text()
        def handler(event, context): return WORD
        """,
    )
    app.write("src/http/get-reader/word.txt", "old")
    writer = app.function(
        "writer",
        """
        from pathlib import Path
        def handler(event, context): Path(event).write_text("new")
        """,
    )
    pool = app.pool()
    before = invoke(pool, reader)

    invoke(pool, writer, str(reader.folder / "word.txt"))

    assert before.outcome == Returned(value="old")
    assert invoke(pool, reader).outcome == Returned(value="new")


def test_stale_bytecode_is_not_trusted(app, invoke):
    """A cached file that claims to be current is not loaded."""
    import py_compile

    module = app.write("src/http/get-stale/word.py", "WORD = 'old'\n")
    cached = py_compile.compile(str(module))
    times = module.stat()
    module.write_text("WORD = 'new'\n")
    os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns))
    function = app.function(
        "stale", "import word\ndef handler(e, c): return word.WORD\n"
    )

    assert invoke(app.pool(), function).outcome == Returned(value="new")
    assert Path(cached).exists()


def test_an_edit_with_an_error_shows_it_and_heals(app, invoke):
    """A broken save is an outcome of its own, until it is mended."""
    function = app.function("heal", "def handler(e, c): return 1\n")
    pool = app.pool()
    invoke(pool, function)

    app.function("heal", "def handler(e, c) return 2\n")
    broken = invoke(pool, function).outcome
    app.function("heal", "def handler(e, c): return 3\n")
    healed = invoke(pool, function).outcome

    assert broken.error_type == "Runtime.UserCodeSyntaxError"
    assert healed == Returned(value=3)


def test_code_that_changes_while_it_is_read_is_read_again(app, invoke):
    """A save that comes in two steps is never answered by its first half."""
    function = app.function(
        "half",
        """
        import pathlib
        source = pathlib.Path(__file__)
        source.write_text("def handler(event, context): return 'whole'")
        raise RuntimeError("half")
        """,
    )

    execution = invoke(app.pool(), function)

    assert execution.outcome == Returned(value="whole")


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b"])
def test_a_name_that_can_be_no_file_is_no_trouble(app, invoke, name):
    """Handlers try whether a text is a path, at import and with each event."""
    function = app.function(
        "tries",
        f"""
        def tried():
            try:
                open({name!r})
            except (OSError, ValueError):
                return "no file"
        tried()
        def handler(event, context): return tried()
        """,
    )
    with closing(FolderEvents()) as events:
        pool = app.pool(events=events)
        outcomes = [invoke(pool, function).outcome for _ in range(3)]

    assert outcomes == [Returned(value="no file")] * 3


@pytest.mark.parametrize("body", ["raise KeyError('deep')", "def broken(:"])
def test_a_traceback_has_the_apps_frames_alone(app, invoke, body):
    """Nothing of what stands between an import and the module, however deep."""
    folder = app.function("imports", "import one\ndef handler(e, c): return 1").folder
    (folder / "one.py").write_text("try:\n    import two\nfinally:\n    pass\n")
    (folder / "two.py").write_text(f"{body}\n")

    outcome = invoke(app.pool(), app.functions["imports"]).outcome

    assert "importlib" not in outcome.trace
    assert "sandbox/workers" not in outcome.trace
    assert 'one.py", line 2' in outcome.trace
    assert 'two.py", line 1' in outcome.trace
    assert all(str(folder) in frame.file for frame in outcome.stack)


def test_an_environment_that_cannot_be_is_told(app, invoke):
    """A NUL in `.env`, say: the function did not end itself, it never began."""
    app.environment["BROKEN"] = "x\0y"
    function = app.function("env", "def handler(event, context): return 1")

    outcome = invoke(app.pool(), function).outcome

    assert isinstance(outcome, Raised)
    assert outcome.while_loading
    assert "null byte" in outcome.message


def test_a_worker_that_cannot_be_judged_is_ended(app, invoke, monkeypatch):
    """Whatever fails between two events, no process is left behind."""
    function = app.function("judged", "def handler(event, context): return 1")
    pool = app.pool()
    invoke(pool, function)

    def fail(_worker):
        raise RuntimeError("no verdict")

    with monkeypatch.context() as patched:
        patched.setattr(Worker, "has_current_code", fail)
        for _ in range(2):  # a warm worker first, then a new one
            with pytest.raises(RuntimeError, match="no verdict"):
                invoke(pool, function)

    execution = invoke(pool, function)
    assert execution.outcome == Returned(value=1)
    assert pool.statistics().worker_pids == (execution.worker_pid,)


@pytest.mark.parametrize("version", [1, 2])
def test_an_event_in_flight_ends_on_the_code_it_began_with(
    app, invoke, tmp_path, wait_until, version
):
    """Saving during an event changes the next one, not this one.

    Its worker takes no other event, though its code may be as it was: its variables
    may not be.
    """
    function = app.function("flight", WAITS_FOR_FILE.format(version=1))
    pool = app.pool()
    event = {"begun": str(tmp_path / "begun"), "go": str(tmp_path / "go")}
    with ThreadPoolExecutor() as threads:
        running = threads.submit(invoke, pool, function, event)
        wait_until((tmp_path / "begun").exists)
        app.function("flight", WAITS_FOR_FILE.format(version=version))
        pool.retire()
        (tmp_path / "go").touch()
    after = invoke(pool, function, event)

    assert running.result().outcome == Returned(value=1)
    assert after.outcome == Returned(value=version)
    assert after.is_cold
    assert after.worker_pid != running.result().worker_pid


@pytest.mark.parametrize("end", ["retire", "close"])
def test_a_worker_that_is_given_back_meanwhile_ends(
    app, invoke, monkeypatch, wait_until, end
):
    """Retiring and closing leave out no worker that is just becoming idle."""
    function = app.function("pid", PID)
    pool = app.pool()
    release = Worker.release
    with ThreadPoolExecutor() as threads:

        def release_meanwhile(worker):
            ending.append(threads.submit(getattr(pool, end)))
            wait(ending, timeout=0.1)
            release(worker)

        ending = []
        monkeypatch.setattr(Worker, "release", release_meanwhile)
        execution = invoke(pool, function)
        ending[0].result()

    wait_until(lambda: not is_alive(execution.worker_pid))
    assert pool.statistics().worker_pids == ()


@pytest.mark.parametrize("step", ["load", "invoke"])
def test_an_interrupted_wait_ends_the_worker(
    app, invoke, monkeypatch, wait_until, step
):
    """Its answer is still to come, and would be taken for that to the next event."""
    function = app.function("pid", PID)
    pool = app.pool()
    if step == "invoke":
        pool.warm(function)

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Channel, "wait_answer", interrupt)
        with pytest.raises(KeyboardInterrupt):
            invoke(pool, function)
    assert pool.statistics().worker_pids == ()
    execution = invoke(pool, function)

    assert execution.outcome == Returned(value=execution.worker_pid)
    assert execution.is_cold


def test_an_event_that_is_too_long_is_refused(app, invoke):
    """It is an outcome, and costs no worker."""
    function = app.function("pid", PID)
    pool = app.pool()
    pool.warm(function)

    outcome = invoke(pool, function, "x" * wire.MAX_FRAME_BYTES).outcome

    assert isinstance(outcome, Raised)
    assert outcome.error_type == "InvalidRequestContentException"
    assert "too long" in outcome.message
    assert not invoke(pool, function).is_cold


def test_a_handlers_own_calls_belong_to_the_trace_of_its_event(app):
    """Its AWS clients send what the environment names."""
    function = app.function(
        "trace",
        """
        import os
        def handler(event, context): return os.environ["_X_AMZN_TRACE_ID"]
        """,
    )
    invocation = Invocation(
        request_id="1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9",
        function=function,
        event=JsonText("null"),
        trace_root="1-5759e988-bd862e3fe1be46a994272793",
    )

    outcome = app.pool().invoke(invocation).outcome

    assert outcome == Returned(
        value="Root=1-5759e988-bd862e3fe1be46a994272793;"
        "Parent=8695a4b3c2d1e0f9;Sampled=0"
    )


def test_a_changed_environment_is_seen(app, invoke):
    """A new project with other variables replaces the warm worker."""
    source = "import os\ndef handler(e, c): return os.environ.get('WORD')\n"
    function = app.function("env", source)
    pool = app.pool()
    before = invoke(pool, function)

    app.environment["WORD"] = "new"
    app.project = replace(app.project)

    assert before.outcome == Returned(value=None)
    assert invoke(pool, function).outcome == Returned(value="new")


def test_an_equal_project_leaves_workers_warm(app, invoke):
    """Reading the manifest again without a change costs nobody a cold start."""
    function = app.function("same", PID)
    pool = app.pool()
    invoke(pool, function)

    app.project = replace(app.project)

    assert not invoke(pool, function).is_cold


def test_a_line_added_above_a_function_leaves_it_warm(app, invoke):
    """A new route costs the others nothing, wherever the manifest has it."""
    function = app.function("same", PID)
    pool = app.pool()
    invoke(pool, replace(function, line=7))

    app.project = replace(app.project)

    assert not invoke(pool, replace(function, line=8)).is_cold


def test_a_declared_table_is_seen(app, invoke):
    """Runtime helpers remember the app's tables, so that a new one needs a new worker.

    What stays the same about the tables leaves workers warm.
    """
    function = app.function("tables", PID)
    pool = app.pool()
    table = Table(name="things", partition_key=Key(attribute="id"))
    invoke(pool, function)

    app.project = replace(app.project, tables=(table,))
    declared = invoke(pool, function)
    app.project = replace(app.project, tables=(replace(table, line=7),))
    moved = invoke(pool, function)

    assert [declared.is_cold, moved.is_cold] == [True, False]


def test_a_changed_setting_is_seen(app, invoke):
    """A function whose configuration changed starts anew."""
    source = "def handler(e, c): return c.memory_limit_in_mb\n"
    pool = app.pool()

    values = [
        invoke(pool, app.function("memory", source, memory_mb=memory)).outcome.value
        for memory in (128, 256)
    ]

    assert values == [128, 256]


def test_a_killed_idle_worker_is_replaced_silently(app, invoke):
    """Its death between events is nobody's failure."""
    function = app.function("pid", PID)
    pool = app.pool()
    first = invoke(pool, function)

    os.kill(first.worker_pid, signal.SIGKILL)
    second = invoke(pool, function)

    assert isinstance(second.outcome, Returned)
    assert second.is_cold


def test_a_killed_nursery_is_replaced(app, invoke, wait_until):
    """Its workers live on, and new ones come."""
    one, two = app.function("one", PID), app.function("two", PID)
    pool = app.pool()
    first = invoke(pool, one)
    nursery_pid = pool.statistics().nursery_pid

    os.kill(nursery_pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(nursery_pid))
    again, other = invoke(pool, one), invoke(pool, two)

    assert again.worker_pid == first.worker_pid
    assert isinstance(other.outcome, Returned)
    assert pool.statistics().nursery_pid != nursery_pid


@pytest.mark.parametrize("concurrency", [0, 1])
def test_concurrency_throttles(app, invoke, tmp_path, wait_until, concurrency):
    """More events at once than the setting allows are refused, not queued."""
    function = app.function(
        "few", WAITS_FOR_FILE.format(version=1), concurrency=concurrency
    )
    pool = app.pool()
    event = {"begun": str(tmp_path / "begun"), "go": str(tmp_path / "go")}
    with ThreadPoolExecutor() as threads:
        for _ in range(concurrency):
            threads.submit(invoke, pool, function, event)
            wait_until((tmp_path / "begun").exists)
        refused = invoke(pool, function, event)
        (tmp_path / "go").touch()

    assert refused.outcome == Throttled(concurrency=concurrency)


def test_a_full_pool_makes_events_wait(app, invoke):
    """With one place for all, events come one after the other."""
    source = "import time\ndef handler(e, c): time.sleep(0.05)\n"
    function = app.function("slow", source)
    pool = app.pool(limits=PoolLimits(running=1))
    with ThreadPoolExecutor() as threads:
        executions = list(threads.map(lambda _: invoke(pool, function), range(3)))

    assert len({execution.worker_pid for execution in executions}) == 1
    assert [execution.is_cold for execution in executions].count(True) == 1


def test_surplus_idle_workers_give_way_the_oldest_first(app, invoke):
    """Only so many stay, and those are the ones used last."""
    functions = [app.function(f"f{number}", PID) for number in range(4)]
    pool = app.pool(limits=PoolLimits(idle=2))
    for function in functions:
        invoke(pool, function)

    assert [invoke(pool, function).is_cold for function in reversed(functions)] == [
        False,
        False,
        True,
        True,
    ]


def test_tick_retires_workers_that_were_idle_for_long(app, invoke, wait_until):
    """A worker nobody asks for ends."""
    function = app.function("pid", PID)
    pool = app.pool(limits=PoolLimits(idle_seconds=0))
    execution = invoke(pool, function)

    pool.tick()

    wait_until(lambda: not is_alive(execution.worker_pid))
    assert pool.statistics().worker_pids == ()


def test_retired_workers_run_their_exit_hooks(app, invoke, wait_until):
    """Coverage and its like may write what they have."""
    mark = app.root / "hook"
    function = app.function(
        "hook",
        f"""
        import atexit, pathlib
        atexit.register(pathlib.Path({str(mark)!r}).touch)
        def handler(event, context): pass
        """,
    )
    pool = app.pool()
    invoke(pool, function)

    pool.retire()

    wait_until(mark.exists)


def test_a_worker_has_from_one_tick_to_the_next_to_end(app, invoke, wait_until):
    """Its exit hooks are not cut off by a tick that happens to come at once."""
    function = app.function(
        "hook",
        """
        import atexit, os, time
        from pathlib import Path

        def end():
            Path("begun").touch()
            while not os.path.exists("go"):
                time.sleep(0.002)
            Path("ended").touch()

        atexit.register(end)
        def handler(event, context): return os.getpid()
        """,
    )
    pool = app.pool()
    go = function.folder / "go"
    invoke(pool, function)
    pool.retire()
    wait_until((function.folder / "begun").exists)
    pool.tick()
    go.touch()
    wait_until((function.folder / "ended").exists)

    go.unlink()
    pid = invoke(pool, function).worker_pid
    pool.retire()
    for _ in range(2):
        pool.tick()

    assert not is_alive(pid)


def test_what_a_module_has_written_is_told_although_it_fails(app):
    """So that it is known for no save."""
    source = "open('made.txt', 'w')\nraise RuntimeError\n"
    function = app.function("broken", source)

    failed = app.pool().warm(function)

    assert failed.written == (str(function.folder / "made.txt"),)


def test_warm_keeps_a_worker_that_is_ready(app, invoke):
    """It is looked at, and given back."""
    function = app.function("pid", PID)
    pool = app.pool()
    pid = invoke(pool, function).worker_pid

    assert pool.warm(function) is None
    assert invoke(pool, function).worker_pid == pid


def test_warm_has_a_worker_ready(app, invoke):
    """The first event after it is not cold."""
    function = app.function("pid", PID)
    pool = app.pool()

    assert pool.warm(function) is None
    assert pool.warm(function) is None
    assert not invoke(pool, function).is_cold


def test_warm_leaves_it_at_a_worker_in_use(app, invoke, wait_until):
    """A request that came with the save has had the new code loaded."""
    function = app.function("busy", WAITS_FOR_FILE.format(version=1))
    pool = app.pool()
    event = {name: str(app.root / name) for name in ("begun", "go")}
    with ThreadPoolExecutor() as threads:
        running = threads.submit(invoke, pool, function, event)
        wait_until((app.root / "begun").exists)
        found, pids = pool.warm(function), pool.statistics().worker_pids
        app.function("busy", WAITS_FOR_FILE.format(version=2))
        edited, more = pool.warm(function), pool.statistics().worker_pids
        (app.root / "go").touch()

    assert running.result().outcome == Returned(value=1)
    assert [found, edited] == [None, None]
    assert [len(pids), len(more)] == [1, 2]


@pytest.mark.parametrize("first", ["warm", "invoke"])
def test_a_save_and_a_request_share_one_start(app, invoke, wait_until, first):
    """Whichever comes first, the code is loaded once."""
    source = LOADS_ONCE_TOLD.format(ending="def handler(event, context): return 1")
    function = app.function("shared", source)
    pool = app.pool()
    calls = [lambda: invoke(pool, function), lambda: pool.warm(function)]
    if first == "warm":
        calls.reverse()
    with ThreadPoolExecutor() as threads:
        running = [threads.submit(calls[0])]
        wait_until((function.folder / "loads").exists)
        running.append(threads.submit(calls[1]))
        (function.folder / "go").touch()
        found = [call.result(timeout=5) for call in running]

    assert {getattr(one, "outcome", None) for one in found} == {
        None,
        Returned(value=1),
    }
    assert (function.folder / "loads").read_text() == "x"


def test_a_save_learns_from_a_request_why_code_does_not_load(app, invoke, wait_until):
    """It is told as if the save had had the code loaded."""
    function = app.function("bad", LOADS_ONCE_TOLD.format(ending="raise ValueError(7)"))
    pool = app.pool()
    with ThreadPoolExecutor() as threads:
        running = threads.submit(invoke, pool, function)
        wait_until((function.folder / "loads").exists)
        warming = threads.submit(pool.warm, function)
        (function.folder / "go").touch()

    for execution in (running.result(), warming.result()):
        assert isinstance(execution.outcome, Raised)
        assert execution.outcome.message == "7"


@pytest.mark.parametrize("ending", ["answer", "tick", "close"])
def test_a_worker_that_is_behind_ends(app, invoke, wait_until, ending):
    """Once another has answered in its place, or as soon as the pool looks."""
    function = app.function("pid", PID)
    pool = app.pool()
    behind = invoke(pool, function).worker_pid

    app.function("pid", PID + "\n" if ending == "answer" else "import no_such_module")
    invoke(pool, function)
    if ending != "answer":
        getattr(pool, ending)()

    wait_until(lambda: not is_alive(behind))


def test_outdated_names_who_has_loaded_what_was_saved(app, invoke):
    """The function that was used last comes first, whatever the manifest's order."""
    shared = app.write("src/shared/util.py", "X = 1\n")
    app.mount(shared_folder=shared.parent)
    source = "import shared.util\ndef handler(event, context): return 1\n"
    first, second = app.function("first", source), app.function("second", source)
    other = app.function("other", PID)
    app.mount(shared_folder=shared.parent)
    pool = app.pool()
    for function in (first, second, other):
        assert isinstance(invoke(pool, function).outcome, Returned)

    before = pool.outdated()
    shared.write_text("X = 2\n")

    assert (before, pool.outdated()) == ((), (second.key, first.key))


def test_warm_tells_why_code_does_not_load(app):
    """The error is there before any event."""
    function = app.function("bad", "import no_such_module\n")

    execution = app.pool().warm(function)

    assert isinstance(execution.outcome, Raised)
    assert execution.outcome.while_loading


def test_missing_handler_files_are_named(app, invoke):
    """The page can say which file to create."""
    function = app.function("none", None)

    outcome = invoke(app.pool(), function).outcome

    assert isinstance(outcome, Unavailable)
    assert str(function.folder / "index.py") in outcome.message
    assert "Create it" in outcome.remedy


@pytest.mark.parametrize("runtime", ["ruby3.3", "java21", "dotnet8", "deno"])
def test_other_runtimes_are_refused_clearly(app, invoke, runtime):
    """What cannot run here says so."""
    function = app.function("other", PID, runtime=runtime)

    outcome = invoke(app.pool(), function).outcome

    assert isinstance(outcome, Unavailable)
    assert f'"{runtime}"' in outcome.message


def test_node_without_node_is_refused_clearly(app, invoke):
    """A machine without Node serves the other routes."""
    app.environment["PATH"] = str(app.root)
    function = app.function("node", None, runtime="nodejs20.x")
    app.write("src/http/get-node/index.mjs", "export const handler = () => 1")
    function = replace(function, handler_file=function.folder / "index.mjs")

    outcome = invoke(app.pool(), function).outcome

    assert isinstance(outcome, Unavailable)
    assert '"node"' in outcome.message


@pytest.mark.slow
def test_modules_that_load_for_too_long_are_stopped(app, invoke, wait_until):
    """A module that never loads does not hold the request for ever."""
    function = app.function("stuck", "import time\ntime.sleep(60)\n", timeout_seconds=1)
    pool = app.pool(limits=PoolLimits(load_seconds=0.2))

    execution = invoke(pool, function)

    assert execution.outcome == TimedOut(seconds=1, while_loading=True)
    wait_until(lambda: not is_alive(execution.worker_pid))


def test_statistics_count(app, invoke):
    """What happened is there to be shown."""
    function = app.function("s", "def handler(e, c): return 1 / e\n")
    pool = app.pool()
    for event in (1, 0, 2):
        invoke(pool, function, event)

    (found,) = pool.statistics().functions

    assert found.name == "@http get /s"
    assert (found.invocations, found.cold_starts, found.failures) == (3, 1, 1)
    assert (found.idle, found.running) == (1, 0)
    assert found.last_outcome == Returned(value=0.5)
    assert found.max_memory_bytes > 1_000_000


def test_close_leaves_no_file_open(app, invoke, tmp_path, wait_until):
    """Not even those of a worker whose event was in flight."""
    function = app.function("open", WAITS_FOR_FILE.format(version=1))
    event = {"begun": str(tmp_path / "begun"), "go": str(tmp_path / "never")}
    open_before = len(list(Path("/dev/fd").iterdir()))
    pool = app.pool()
    with ThreadPoolExecutor() as threads:
        running = threads.submit(invoke, pool, function, event)
        wait_until((tmp_path / "begun").exists)

        pool.close()

    assert not isinstance(running.result().outcome, Returned)
    assert len(list(Path("/dev/fd").iterdir())) == open_before


def test_close_ends_everything(app, invoke, wait_until):
    """Idle and busy workers, their children and the nursery are gone, twice over."""
    function = app.function(
        "busy",
        """
        import subprocess, sys
        def handler(event, context):
            child = subprocess.Popen(["sleep", "60"])
            with open(event, "w") as file:
                file.write(str(child.pid))
            while True:
                pass
        """,
        timeout_seconds=60,
    )
    idle = app.function("idle", PID)
    pool = app.pool()
    pids = [invoke(pool, idle).worker_pid, pool.statistics().nursery_pid]
    child_file = app.root / "child"
    with ThreadPoolExecutor() as threads:
        running = threads.submit(invoke, pool, function, str(child_file))
        wait_until(lambda: child_file.exists() and child_file.read_text())
        pids.append(int(child_file.read_text()))
        pool.close()
        pool.close()
        execution = running.result(timeout=5)

    assert isinstance(execution.outcome, Unavailable)
    for pid in (*pids, execution.worker_pid):
        wait_until(lambda pid=pid: not is_alive(pid))
    assert isinstance(invoke(pool, idle).outcome, Unavailable)


def test_a_debugger_without_a_port_is_an_outcome(app, invoke):
    """The gateway promises one for whatever keeps a worker from starting."""
    pool = app.pool(debugging=Debugging(port=65_536))
    function = app.function("late", "def handler(event, context): return 1\n")

    outcome = invoke(pool, function).outcome

    assert isinstance(outcome, Unavailable)
    assert outcome.message == "No port is free for a debugger from 65536 on."
    assert "--debugger" in outcome.remedy


def test_no_descriptor_for_a_worker_is_an_outcome(app, invoke):
    """The remedy names what to free, and the next event finds it."""
    function = app.function("few", "def handler(event, context): return 1\n")
    pool = app.pool()
    with no_descriptor_left():
        refused = invoke(pool, function).outcome

    assert isinstance(refused, Unavailable)
    assert refused.message.startswith('No process for "')
    assert "file descriptors" in refused.remedy
    assert invoke(pool, function).outcome == Returned(value=1)


@contextmanager
def no_descriptor_left():
    """Have the system give no file descriptor to this process."""
    with open(os.devnull) as lowest:  # noqa: PTH123 - its number is all that counts
        free = lowest.fileno()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
