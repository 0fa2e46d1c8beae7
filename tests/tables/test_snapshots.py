"""Start states on disk: whole or refused, by names that are only names."""

import stat
from pathlib import Path

import pytest

from sandbox.errors import StorageError
from sandbox.tables.kept import KeptTable
from sandbox.tables.snapshots import Snapshot, SnapshotFolder

TABLE = KeptTable(name="t", keys=(("id", "S"),), rows=({"id": {"S": "a"}},))
SNAPSHOT = Snapshot(tables=(TABLE,), clock_offset_seconds=3.5, saved_epoch=1_700_000)


@pytest.fixture
def saved(tmp_path: Path) -> SnapshotFolder:
    """Give a folder that is not there yet."""
    return SnapshotFolder(tmp_path / "state" / "snapshots")


def test_what_is_saved_is_loaded(saved: SnapshotFolder, tmp_path: Path) -> None:
    """And only its owner can read it."""
    facts = saved.save("one", SNAPSHOT)
    file = tmp_path / "state" / "snapshots" / "one.snapshot"

    assert saved.load("one") == SNAPSHOT
    assert saved.list() == (facts,)
    assert (facts.rows, facts.size_bytes) == (1, file.stat().st_size)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_saving_again_replaces(saved: SnapshotFolder) -> None:
    """In one step, with nothing left beside."""
    saved.save("one", SNAPSHOT)
    saved.save("one", Snapshot(tables=(), clock_offset_seconds=0, saved_epoch=0))

    assert saved.load("one").tables == ()
    assert [facts.rows for facts in saved.list()] == [0]


@pytest.mark.parametrize("name", ["", "a/b", "../a", "a b", "é", "x" * 65, "a\n"])
def test_names_are_only_names(saved: SnapshotFolder, name: str) -> None:
    """Nothing else becomes a path."""
    for act in (saved.load, saved.delete, lambda n: saved.save(n, SNAPSHOT)):
        with pytest.raises(ValueError, match="cannot be the name of a snapshot"):
            act(name)


@pytest.mark.parametrize("name", [".", "..", "a", "A-1_b.c", "x" * 64])
def test_all_names_of_the_rule_work(saved: SnapshotFolder, name: str) -> None:
    """Dots alone too: the file's name has more."""
    saved.save(name, SNAPSHOT)

    assert [facts.name for facts in saved.list()] == [name]
    saved.delete(name)
    assert saved.list() == ()


def test_what_is_not_there_is_a_key_error(saved: SnapshotFolder) -> None:
    """For loading and for deleting."""
    for act in (saved.load, saved.delete):
        with pytest.raises(KeyError):
            act("none")


def test_a_damaged_or_cut_one_is_refused(saved: SnapshotFolder, tmp_path: Path) -> None:
    """Half a start state is none."""
    saved.save("one", SNAPSHOT)
    file = tmp_path / "state" / "snapshots" / "one.snapshot"
    whole = file.read_bytes()
    ends = [0, *(place for place in range(len(whole)) if whole[place - 1] == 10)]

    for content in [whole[:end] for end in ends[:-1]] + [whole.replace(b"a", b"b")]:
        file.write_bytes(content)
        with pytest.raises(StorageError, match="is damaged") as refused:
            saved.load("one")
        assert "snapshot delete one" in refused.value.remedy


def test_a_folder_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    """With the path, and what to do."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="cannot be written"):
        SnapshotFolder(tmp_path / "file" / "x").save("one", SNAPSHOT)
