"""The watcher, on a real folder with the system's own events."""

import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from sandbox.watch.changes import Change
from sandbox.watch.watcher import Watcher


class Seen:
    """Gathers what a watcher reports."""

    def __init__(self) -> None:
        self.changes: set[Change] = set()
        self.errors: list[Exception] = []

    def react(self, changes: frozenset[Change]) -> None:
        self.changes |= changes

    def paths(self) -> set[Path]:
        return {change.path for change in self.changes}


def watcher_of(root: Path, seen: Seen) -> Watcher:
    return Watcher(root, react=seen.react, on_error=seen.errors.append)


def test_watcher_reports_a_write_in_place(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """A file that is written again is reported with its path."""
    handler = tmp_path / "src" / "index.py"
    handler.parent.mkdir()
    handler.write_text("one")
    seen = Seen()
    watcher = watcher_of(tmp_path, seen)
    watcher.start()

    handler.write_text("two")

    wait_until(lambda: handler in seen.paths())
    watcher.close()


def test_watcher_reports_a_save_by_rename(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """Editors write a new file and rename it over the old one: a save."""
    handler = tmp_path / "index.py"
    handler.write_text("one")
    seen = Seen()
    watcher = watcher_of(tmp_path, seen)
    watcher.start()

    new = tmp_path / "index.py.tmp"
    new.write_text("two")
    new.rename(handler)

    wait_until(lambda: handler in seen.paths())
    watcher.close()


def test_watcher_follows_a_folder_made_later(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """A file in a folder that did not exist at start is reported too."""
    seen = Seen()
    watcher = watcher_of(tmp_path, seen)
    watcher.start()

    folder = tmp_path / "src"
    folder.mkdir()
    wait_until(lambda: folder in seen.paths())
    (folder / "index.py").write_text("new")

    wait_until(lambda: folder / "index.py" in seen.paths())
    watcher.close()


def test_watcher_follows_a_folder_made_again(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """Bundlers delete the folder that they write to, and make it again."""
    public = tmp_path / "public"
    public.mkdir()
    (public / "old.js").write_text("old")
    seen = Seen()
    watcher = watcher_of(tmp_path, seen)
    watcher.start()

    for name in ("one.js", "two.js"):
        seen.changes.clear()
        shutil.rmtree(public)
        public.mkdir()
        wait_until(lambda: Change(path=public, kind="added") in seen.changes)
        (public / name).write_text("new")
        wait_until(lambda name=name: public / name in seen.paths())

    watcher.close()
    assert seen.errors == []


def test_watcher_follows_a_folder_put_in_another_s_place(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """Changes have the path that a folder has now, not one that it had."""
    public, former = tmp_path / "public", tmp_path / "former"
    public.mkdir()
    seen = Seen()
    watcher = watcher_of(tmp_path, seen)
    watcher.start()

    public.rename(former)
    public.mkdir()
    wait_until(lambda: {public, former} <= seen.paths())
    (former / "a.js").write_text("a")
    (public / "b.js").write_text("b")

    wait_until(lambda: {former / "a.js", public / "b.js"} <= seen.paths())
    watcher.close()
    assert public / "a.js" not in seen.paths()


class OneTooMany(Observer):  # type: ignore[misc,valid-type] # the platform's own class
    """The system's observer, where it has no watch left for a certain folder."""

    def schedule(self, event_handler: Any, path: str, **options: Any) -> Any:
        if Path(path).name == "one-too-many":
            raise OSError(28, "inotify watch limit reached")
        return super().schedule(event_handler, path, **options)


def test_watcher_goes_on_where_a_folder_cannot_be_watched(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """The developer is told, and other folders are watched as before."""
    seen = Seen()
    watcher = Watcher(
        tmp_path, react=seen.react, on_error=seen.errors.append, observer=OneTooMany
    )
    watcher.start()

    (tmp_path / "one-too-many").mkdir()
    wait_until(lambda: tmp_path / "one-too-many" in seen.paths())
    (tmp_path / "app.arc").write_text("@app")

    wait_until(lambda: tmp_path / "app.arc" in seen.paths())
    watcher.close()
    assert ["watch limit" in str(error) for error in seen.errors] == [True]


def test_watcher_leaves_dependency_folders_alone(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """What happens in node_modules is never reported."""
    modules = tmp_path / "node_modules"
    modules.mkdir()
    seen = Seen()
    watcher = watcher_of(tmp_path, seen)
    watcher.start()

    (modules / "left-pad.js").write_text("x")
    (tmp_path / "app.arc").write_text("@app")

    wait_until(lambda: tmp_path / "app.arc" in seen.paths())
    watcher.close()
    assert seen.paths() == {tmp_path / "app.arc"}


def test_watcher_goes_on_after_an_error(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """An exception in the reaction is told, and the next change is still reported."""
    calls: list[frozenset[Change]] = []

    def react(changes: frozenset[Change]) -> None:
        calls.append(changes)
        if len(calls) == 1:
            raise ValueError("first")

    errors: list[Exception] = []
    watcher = Watcher(tmp_path, react=react, on_error=errors.append)
    watcher.start()

    (tmp_path / "a.py").write_text("a")
    wait_until(lambda: errors)
    (tmp_path / "b.py").write_text("b")

    wait_until(lambda: any(c.path.name == "b.py" for cs in calls for c in cs))
    watcher.close()
    assert [str(error) for error in errors] == ["first"]


def test_watcher_holds_changes_until_requests_have_ended(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """Only then is it known which files a function has written."""
    asked: list[int] = []
    seen = Seen()

    def is_busy() -> bool:
        asked.append(len(seen.changes))
        return len(asked) < 3

    watcher = Watcher(
        tmp_path, react=seen.react, on_error=seen.errors.append, is_busy=is_busy
    )
    watcher.start()
    (tmp_path / "a.py").write_text("a")

    wait_until(lambda: seen.changes)
    watcher.close()
    assert asked[:3] == [0, 0, 0]


def test_watcher_does_not_wait_for_long_requests(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """A save must show, whatever else the app is doing."""
    seen = Seen()
    watcher = Watcher(
        tmp_path, react=seen.react, on_error=seen.errors.append, is_busy=lambda: True
    )
    watcher.start()
    (tmp_path / "a.py").write_text("a")

    wait_until(lambda: seen.changes)
    watcher.close()


def test_watcher_close_leaves_no_thread_and_may_be_called_again(tmp_path: Path) -> None:
    """After close, none of the watcher's or the observer's threads lives."""
    before = set(threading.enumerate())
    watcher = watcher_of(tmp_path, Seen())
    watcher.start()

    watcher.close()
    watcher.close()

    assert set(threading.enumerate()) == before


class NoEvents(Observer):  # type: ignore[misc,valid-type] # the platform's own class
    """The system's observer, where the system has no more events to give."""

    def start(self) -> None:
        raise OSError(28, "inotify watch limit reached")


def no_instance() -> BaseObserver:
    """Do as the system's observer where others hold all instances of inotify."""
    raise OSError(24, "inotify instance limit reached")


@pytest.mark.slow
def test_watcher_close_says_nothing_of_an_emitter_s_last_look(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Watchdog's threads race with their end, which is nobody's error."""
    seen = Seen()
    observer = Observer()
    watcher = Watcher(
        tmp_path,
        react=seen.react,
        on_error=seen.errors.append,
        observer=lambda: observer,
    )
    watcher.start()
    (emitter,) = observer.emitters
    stop = observer.stop

    def stop_and_look() -> None:
        stop()
        emitter.queue_events(0.0)  # as its thread does where it comes too late

    observer.stop = stop_and_look
    watcher.close()

    assert not caplog.records
    assert not seen.errors


@pytest.mark.parametrize("observer", [NoEvents, no_instance])
def test_watcher_looks_for_itself_where_the_system_gives_no_events(
    observer: Callable[[], BaseObserver],
    tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:
    """A save is noticed a second later, and nothing is left over."""
    file = tmp_path / "src" / "index.py"
    file.parent.mkdir()
    file.write_text("one")
    seen = Seen()
    before = set(threading.enumerate())
    watcher = Watcher(
        tmp_path, react=seen.react, on_error=seen.errors.append, observer=observer
    )
    refusal = watcher.start()

    def is_noticed() -> bool:
        file.write_text(file.read_text() + "x")
        return file in seen.paths()

    wait_until(is_noticed)
    watcher.close()
    assert "limit reached" in str(refusal)
    assert set(threading.enumerate()) == before


def test_folders_made_at_once_are_watched_without_a_word(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """Watchdog warns of each that it meets twice; here, a warning is an error."""
    (tmp_path / "src").mkdir()
    seen = Seen()
    watcher = watcher_of(tmp_path, seen)
    watcher.start()

    deepest = [tmp_path / "src" / str(n) / "a" / "b" / "c" / "d" for n in range(60)]
    for folder in deepest:  # at the pace of a program that unpacks an archive
        subprocess.run(["mkdir", "-p", folder], check=True)
    (deepest[-1] / "index.py").write_text("one")

    wait_until(lambda: deepest[-1] / "index.py" in seen.paths())
    watcher.close()
    assert seen.errors == []
