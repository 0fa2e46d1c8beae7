"""Holds the promise that a saved file counts at the very next look."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.clock import MovableClock
from sandbox.errors import ManifestSyntaxError, ProjectError
from sandbox.project.source import ProjectSource, find_function
from tests.project.conftest import Write

APP = {
    "app.arc": "@app\nmyapp\n@aws\nruntime py\n@http\nget /\n",
    "src/http/get-index/index.py": "",
}


def source_of(root: Path, *, are_old: bool = False) -> ProjectSource:
    """Give a source for an app without a home folder.

    Nobody can set back when an inode has changed; with `are_old`, the clock is ahead.
    """
    clock = MovableClock()
    clock.advance(60 * are_old)
    return ProjectSource(root, home=None, environ={}, clock=clock)


def tick_of(root: Path) -> int:
    """Give the time of a file that is made now, in the file system's ticks."""
    probe = root / "probe"
    probe.write_text("")
    return probe.stat().st_ctime_ns


@pytest.mark.parametrize("is_old", [True, False])
def test_current_gives_the_same_object_until_something_changes(
    write: Write,
    is_old: bool,  # noqa: FBT001 - whether the files were saved long ago
) -> None:
    """An unchanged folder is not read twice, whether just saved or not."""
    root = write(APP)
    source = source_of(root, are_old=is_old)
    project = source.current()

    assert source.current(project.functions[0]) is project


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.arc", "@app\nother\n@http\nget /\n"),
        (".env", "A=1\n"),
        ("prefs.arc", "@sandbox\nport 1\n"),
        ("src/shared/x.py", ""),
        ("src/views/x.py", ""),
    ],
)
@pytest.mark.parametrize("is_old", [True, False])
def test_current_sees_an_edit_of_the_project(
    write: Write,
    name: str,
    text: str,
    is_old: bool,  # noqa: FBT001 - whether the files were saved long ago
) -> None:
    """The manifest, preferences, .env and the shared folders are looked at."""
    root = write(APP)
    source = source_of(root, are_old=is_old)
    before = source.current()

    write({name: text})

    assert source.current() is not before


@pytest.mark.parametrize("is_old", [True, False])
def test_current_sees_an_edit_of_the_same_size_and_time(
    write: Write,
    wait_until: Callable[..., None],
    is_old: bool,  # noqa: FBT001 - whether the files were saved long ago
) -> None:
    """Neither a second save within one tick is missed, nor a copy as by `cp -p`."""
    root = write(APP)
    source = source_of(root, are_old=is_old)
    source.current()
    times = (root / "app.arc").stat()
    if is_old:
        wait_until(lambda: tick_of(root) > times.st_ctime_ns)

    write({"app.arc": APP["app.arc"].replace("myapp", "yours")})
    os.utime(root / "app.arc", ns=(times.st_atime_ns, times.st_mtime_ns))

    assert source.current().name == "yours"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/http/get-index/config.arc", "@aws\ntimeout 20\n"),
        ("src/http/get-index/lambda.py", ""),
    ],
)
def test_current_sees_an_edit_of_the_function_that_is_asked_for(
    write: Write, name: str, text: str
) -> None:
    """A function's configuration and handler file are looked at with it alone."""
    root = write(APP)
    source = source_of(root, are_old=True)
    before = source.current()

    write({name: text})

    assert source.current() is before
    assert source.current(before.functions[0]) is not before


def test_current_keeps_the_object_when_a_file_is_only_touched(write: Write) -> None:
    """A new time, or a new file that does not matter, changes nothing."""
    root = write(APP)
    source = source_of(root)
    before = source.current()

    (root / "app.arc").touch()
    write({"notes.txt": ""})

    assert source.current() is before


@pytest.mark.parametrize(
    ("broken", "error"),
    [("@app\n{", ManifestSyntaxError), ("@app\nX\n", ProjectError)],
)
def test_current_raises_until_the_manifest_is_mended(
    write: Write, broken: str, error: type[Exception]
) -> None:
    """Each call tells what is wrong, and the first one after the repair works."""
    root = write(APP | {"app.arc": broken})
    source = source_of(root)

    for _ in range(2):
        with pytest.raises(error):
            source.current()
    write(APP)

    assert source.current().name == "myapp"


def test_current_raises_until_preferences_mean_something(write: Write) -> None:
    """The app can be read, and not be run."""
    root = write({**APP, "prefs.arc": "@sandbox\npersist maybe\n"})
    source = source_of(root, are_old=True)
    with pytest.raises(ProjectError, match='@sandbox persist is "maybe"'):
        source.current()

    write({"prefs.arc": "@sandbox\npersist true\n"})

    assert source.current().preferences.sandbox("persist") is True


def test_current_notices_that_a_broken_config_is_mended(write: Write) -> None:
    """An error in a function's own file heals without naming the function."""
    config = "src/http/get-index/config.arc"
    root = write(APP | {config: "@aws\n{"})
    source = source_of(root)
    with pytest.raises(ProjectError):
        source.current()

    write({config: "@aws\ntimeout 7\n"})

    assert source.current().functions[0].config.timeout_seconds == 7


def test_current_gives_all_threads_one_project(write: Write) -> None:
    """Threads that come together wait for one reading."""
    source = source_of(write(APP))
    projects: list[object] = []
    threads = [
        threading.Thread(  # noqa: TID251 - a test of threads
            target=lambda: projects.append(source.current())
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(projects) == 8
    assert len(set(map(id, projects))) == 1


def test_a_function_is_found_by_its_key(write: Write) -> None:
    """As its own files say by now, though the project was read before them."""
    source = source_of(write(APP), are_old=True)
    source.current()

    write({"src/http/get-index/config.arc": "@aws\ntimeout 20\n"})
    found = find_function(source, "@http get /")

    assert found is not None
    project, function = found
    assert function in project.functions
    assert function.config.timeout_seconds == 20
    assert find_function(source, "@http get /nowhere") is None


def test_a_function_of_wrong_files_is_not_looked_for(write: Write) -> None:
    """The error is whoever asks to tell."""
    source = source_of(write({**APP, "app.arc": "@app\n@http\nnonsense\n"}))

    with pytest.raises(ProjectError):
        find_function(source, "@http get /")
