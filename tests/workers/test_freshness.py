"""Files compared with what they were."""

import os
import sys
from contextlib import contextmanager
from hashlib import sha256

import pytest

from sandbox.clock import ManualClock
from sandbox.workers.freshness import Freshness
from sandbox.workers.wire import names_digest


@pytest.fixture
def clock():
    """Give a clock that stands still."""
    return ManualClock()


@pytest.fixture
def file(tmp_path):
    """Give a file with content."""
    path = tmp_path / "index.py"
    path.write_text("one")
    return path


def stamp_of(path):
    """Give the stamp that a worker would report."""
    found = path.stat()
    return f"{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_size}-{found.st_ino}"


def row_of(path):
    """Give what a worker would report of a file that it is about to read."""
    return str(path), stamp_of(path), sha256(path.read_bytes()).hexdigest()


@contextmanager
def watch_opens():
    """Give the paths that are opened meanwhile."""
    opened = []
    is_on = [True]

    def audit(event, arguments):
        if event == "open" and is_on[0]:
            opened.append(str(arguments[0]))

    sys.addaudithook(audit)
    yield opened
    is_on[0] = False


def append(path):
    """Make a file longer."""
    path.write_text("one more")


def rename_over(path):
    """Save as editors do: a new file in the old one's place."""
    other = path.with_suffix(".tmp")
    other.write_text("two")
    other.replace(path)


def set_back(path):
    """Write the same number of bytes and set the time back."""
    times = path.stat()
    path.write_text("two")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("edit", [append, rename_over, set_back, os.unlink])
def test_edits_are_changes(clock, file, edit):
    """However a file is saved or removed."""
    freshness = Freshness(clock)
    freshness.note(files=[row_of(file)])
    assert freshness.is_current()

    edit(file)

    assert not freshness.is_current()


def test_an_edit_within_one_tick_is_a_change(clock, file):
    """Equal stamps do not hide another content while the file is young."""
    freshness = Freshness(clock)
    digest_of_other_content = "0" * 64
    freshness.note(files=[(str(file), stamp_of(file), digest_of_other_content)])

    assert not freshness.is_current()


def test_a_file_that_has_aged_is_compared_by_its_stamp(clock, file):
    """Content is read only until no edit can hide behind the stamp any more."""
    freshness = Freshness(clock)
    freshness.note(files=[row_of(file)])
    clock.advance(3)
    assert freshness.is_current()
    stamp = stamp_of(file)

    with watch_opens() as opened:
        assert freshness.is_current()

    assert stamp == stamp_of(file)
    assert str(file) not in opened


def test_a_file_that_comes_to_be_is_a_change(clock, tmp_path):
    """What was looked for and was not there is watched too."""
    freshness = Freshness(clock)
    freshness.note(files=[(str(tmp_path / "new.py"), "", "")])
    assert freshness.is_current()

    (tmp_path / "new.py").touch()

    assert not freshness.is_current()


@pytest.mark.parametrize(
    ("name", "is_current"),
    [("module.py", False), ("package", False), ("data.txt", True), (".swp", True)],
)
def test_folders_change_with_the_names_that_matter(clock, tmp_path, name, is_current):
    """A file that no import can mean leaves its folder as it was."""
    freshness = Freshness(clock)
    names = names_digest([])
    freshness.note(folders=[(str(tmp_path), stamp_of(tmp_path), names)])

    (tmp_path / name).mkdir()

    assert freshness.is_current() is is_current
    assert freshness.is_current() is is_current


def test_the_first_state_noted_stands(clock, file):
    """What a worker loaded is what it runs, whatever it reads later."""
    freshness = Freshness(clock)
    freshness.note(files=[row_of(file)])
    append(file)

    freshness.note(files=[row_of(file)])

    assert not freshness.is_current()


def test_what_was_asked_after_changes_with_its_kind(clock, file, tmp_path):
    """It is there as a file, as a folder, or not; what is in it does not count."""
    freshness = Freshness(clock)
    freshness.note(presences=[(str(file), stamp_of(file), "file")])
    freshness.note(presences=[(str(tmp_path), stamp_of(tmp_path), "folder")])
    answers = []
    for edit in (lambda: file.write_text("more"), (tmp_path / "b").touch, file.unlink):
        edit()
        answers.append(freshness.is_current())

    assert answers == [True, True, False]


def test_what_was_asked_after_may_be_read_too(clock, file):
    """Then its content counts, whichever was told first."""
    freshness = Freshness(clock)
    freshness.note(presences=[(str(file), stamp_of(file), "file")])
    freshness.note(files=[row_of(file)])

    append(file)

    assert not freshness.is_current()
