"""What tells of changes in folders, and what relies on its silence."""

import os
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from sandbox.clock import ManualClock
from sandbox.folder_events import TRUSTED_SECONDS, FolderEvents, Unchanged

linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="inotify is Linux's"
)


@pytest.fixture
def events() -> Iterator[FolderEvents]:
    """Events of folders that are still to be named."""
    watching = FolderEvents()
    yield watching
    watching.close()


class Check:
    """A check that holds while it is told so, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.holds = True

    def __call__(self) -> bool:
        self.asked += 1
        return self.holds


def replace(file: Path) -> None:
    new = file.with_name("new")
    new.write_text("two")
    new.rename(file)


def edit_in_place(file: Path) -> None:
    with file.open("r+") as opened:
        opened.write("two")


@linux
@pytest.mark.parametrize(
    "change",
    [
        edit_in_place,
        replace,
        Path.unlink,
        Path.touch,
        lambda file: file.chmod(0o600),
        lambda file: (file.parent / "beside").write_text(""),
        lambda file: file.parent.rename(file.parent.with_name("moved")),
    ],
)
def test_each_change_of_a_file_is_told(
    change: Callable[[Path], object], events: FolderEvents, tmp_path: Path
) -> None:
    """Before the call that makes it returns."""
    file = tmp_path / "folder" / "file"
    file.parent.mkdir()
    file.write_text("one")
    assert events.cover([str(file), str(file.parent)])
    before = events.generation()

    change(file)

    assert events.generation() != before


@linux
@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "circle", "circle/below"])
def test_what_can_be_no_file_is_covered(
    name: str, events: FolderEvents, tmp_path: Path
) -> None:
    """Handlers try to open whatever a text says; a link may lead to itself."""
    (tmp_path / "circle").symlink_to("circle")

    assert events.cover([str(tmp_path / name)])


@linux
def test_reading_is_no_change(events: FolderEvents, tmp_path: Path) -> None:
    """Nor is looking at the folder."""
    file = tmp_path / "file"
    file.write_text("one")
    events.cover([str(file)])
    before = events.generation()

    file.read_text()
    os.listdir(tmp_path)  # noqa: PTH208

    assert events.generation() == before


@linux
def test_what_a_link_leads_to_is_covered(events: FolderEvents, tmp_path: Path) -> None:
    """Its folder has events of its own."""
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "target"
    target.write_text("one")
    link = tmp_path / "link"
    link.symlink_to(target)
    events.cover([str(link)])
    before = events.generation()

    edit_in_place(target)

    assert events.generation() != before


@linux
def test_what_does_not_exist_is_told_once_it_does(
    events: FolderEvents, tmp_path: Path
) -> None:
    """Wherever the first folder on the way to it is missing."""
    wanted = tmp_path / "src" / "shared" / "file"
    assert events.cover([str(wanted)])
    before = events.generation()
    wanted.parent.mkdir(parents=True)
    after_folders = events.generation()
    assert events.cover([str(wanted)])

    wanted.write_text("one")

    assert len({before, after_folders, events.generation()}) == 3


@linux
def test_a_folder_that_comes_again_is_watched_again(
    events: FolderEvents, tmp_path: Path
) -> None:
    """A checkout of another branch removes folders and makes them anew."""
    folder = tmp_path / "folder"
    for _ in range(2):
        folder.mkdir()
        assert events.cover([str(folder)])
        before = events.generation()
        (folder / "file").write_text("one")
        assert events.generation() != before
        (folder / "file").unlink()
        folder.rmdir()
        events.generation()


@linux
def test_a_folder_is_watched_again_though_its_end_was_lost(
    events: FolderEvents, tmp_path: Path
) -> None:
    """The kernel's queue ends; what no longer fits into it is told by one event."""
    folder, busy = tmp_path / "folder", tmp_path / "busy"
    busy.mkdir()
    files = [busy / "one", busy / "two"]
    for made in (folder, *files):
        made.mkdir()
    assert events.cover([str(folder), *map(str, files)])
    limit = Path("/proc/sys/fs/inotify/max_queued_events").read_text()
    for number in range(int(limit) + 1):
        files[number % 2].touch()  # the same event twice in a row counts once

    folder.rmdir()
    folder.mkdir()
    known = None
    while known != events.generation():
        known = events.generation()
    assert events.cover([str(folder)])
    (folder / "file").write_text("one")

    assert events.generation() != known


def test_nothing_is_covered_once_closed(tmp_path: Path) -> None:
    """So that nobody waits for events which never come."""
    events = FolderEvents()
    events.cover([str(tmp_path)])

    events.close()
    events.close()

    assert not events.cover([str(tmp_path)])


@linux
def test_silence_spares_a_look(events: FolderEvents, tmp_path: Path) -> None:
    """For a short while, and not once something has happened."""
    clock = ManualClock()
    check = Check()
    paths = [str(tmp_path / "file")]
    unchanged = Unchanged(events, clock, check=check, paths=paths)

    asked = []
    for step in (
        lambda: None,
        lambda: None,
        lambda: (tmp_path / "file").write_text("one"),
        lambda: None,
        lambda: clock.advance(TRUSTED_SECONDS),
        lambda: unchanged.look_at(paths),
    ):
        step()
        assert unchanged.still_holds()
        asked.append(check.asked)

    assert asked == [1, 1, 2, 2, 3, 4]


@linux
def test_paths_taken_amid_a_check_are_looked_at(
    events: FolderEvents, tmp_path: Path
) -> None:
    """A worker may tell what it has read while somebody looks at the rest."""
    asked = 0
    paths = [str(tmp_path / "first")]

    def check() -> bool:
        nonlocal asked
        asked += 1
        if asked == 1:
            unchanged.look_at([*paths, str(tmp_path / "second")])
        return True

    unchanged = Unchanged(events, ManualClock(), check=check, paths=paths)

    assert unchanged.still_holds()
    assert unchanged.still_holds()
    assert asked == 2


@linux
def test_what_happens_as_folders_are_covered_is_looked_at(
    events: FolderEvents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that another one takes the place of is no longer told of."""
    check = Check()
    folder = tmp_path / "folder"
    folder.mkdir()
    paths = [str(folder / "file")]
    unchanged = Unchanged(events, ManualClock(), check=check, paths=paths)
    assert unchanged.still_holds()
    cover = events.cover

    def cover_early(paths: Collection[str]) -> bool:
        is_covered = cover(paths)
        folder.rmdir()
        folder.mkdir()
        return is_covered

    monkeypatch.setattr(events, "cover", cover_early)
    unchanged.look_at(paths)
    assert unchanged.still_holds()
    monkeypatch.undo()
    (folder / "file").write_text("another")

    assert unchanged.still_holds()
    assert check.asked == 3


@linux
def test_what_no_longer_holds_is_asked_again(
    events: FolderEvents, tmp_path: Path
) -> None:
    """Only a check that held is remembered."""
    check = Check()
    check.holds = False
    paths = [str(tmp_path)]
    unchanged = Unchanged(events, ManualClock(), check=check, paths=paths)

    assert not unchanged.still_holds()
    assert not unchanged.still_holds()
    assert check.asked == 2


@pytest.mark.parametrize("has_events", [False, True])
def test_without_events_every_question_is_a_look(
    tmp_path: Path, *, has_events: bool
) -> None:
    """On systems other than Linux, and where no watch can be had."""
    events = FolderEvents()
    events.close()
    check = Check()
    unchanged = Unchanged(
        events if has_events else None,
        ManualClock(),
        check=check,
        paths=[str(tmp_path)],
    )

    assert unchanged.still_holds()
    assert unchanged.still_holds()
    assert check.asked == 2
