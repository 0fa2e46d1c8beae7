"""The file that survives: held, appended to, mended, rewritten, refused."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import StorageError
from sandbox.tables.ledger import FILE, Ledger
from sandbox.tables.records import encode_record
from tests.files import full_disk

OPEN: dict[str, Any] = {"op": "Open", "table": "t", "keys": [["id", "S"]]}


def put(key: str, **more: Any) -> dict[str, Any]:
    """Give the record of a row that was put."""
    return {"op": "PutItem", "changes": [["t", {"id": {"S": key}, **more}]]}


@contextmanager
def opened(folder: Path, **settings: Any) -> Iterator[tuple[Ledger, Any, Any]]:
    """Give a ledger, its one table's keys and what it told."""
    ledger = Ledger(folder, **settings)
    try:
        tables, notices = ledger.load()
        yield ledger, [row["id"]["S"] for t in tables for row in t.rows], notices
    finally:
        ledger.close()


def write(folder: Path, *keys: str) -> Path:
    """Write rows into a new ledger, and give its file."""
    with opened(folder) as (ledger, _, _):
        ledger.append(OPEN)
        for key in keys:
            ledger.append(put(key))
    return folder / FILE


def test_what_is_appended_is_there_again(tmp_path: Path) -> None:
    """In the file as soon as `append` returns: nothing needs closing."""
    with opened(tmp_path / "state") as (ledger, _, _):
        ledger.append(OPEN)
        ledger.append(put("a"))
        assert ledger.file.read_bytes().endswith(encode_record(put("a")))

    with opened(tmp_path / "state") as (_, keys, notices):
        assert (keys, notices) == (["a"], ())


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """Rows hold sessions; folders above that had to be made are private too."""
    file = write(tmp_path / "made" / "state", "a")
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (file, *file.parents[:2])]

    assert [oct(mode) for mode in modes] == ["0o600", "0o700", "0o700"]


def test_a_torn_end_is_cut_and_written_over(tmp_path: Path) -> None:
    """Cut anywhere, what was whole is there, and the next write is whole."""
    content = write(tmp_path / "whole", "a", "b").read_bytes()
    start = content.rindex(b"\n", 0, -1) + 1
    for length in (start, start + 1, len(content) - 1):
        folder = tmp_path / str(length)
        folder.mkdir()
        (folder / FILE).write_bytes(content[:length])
        with opened(folder) as (ledger, keys, notices):
            assert (keys, notices) == (["a"], ())
            ledger.append(put("c"))
        with opened(folder) as (_, keys, _):
            assert keys == ["a", "c"]


def test_damage_in_the_middle_is_told_and_kept(tmp_path: Path) -> None:
    """What is whole goes on; the damaged file stays for whoever wants to look."""
    file = write(tmp_path, "a", "b", "c")
    damaged = file.read_bytes().replace(b'"b"', b'"x"')
    file.write_bytes(damaged)

    with opened(tmp_path) as (_, keys, (notice,)):
        assert keys == ["a", "c"]
    aside = file.with_suffix(".damaged-1")
    assert aside.read_bytes() == damaged
    assert f'"{file}" is damaged: what its lines 4 said is lost' in notice
    assert str(aside) in notice
    with opened(tmp_path) as (_, keys, notices):
        assert (keys, notices) == (["a", "c"], ())


def test_damage_that_no_room_is_to_mend_is_put_aside_once(tmp_path: Path) -> None:
    """Each start that fails leaves the file as it is, and no other."""
    file = write(tmp_path, "a", "b")
    content = file.read_bytes().replace(b'"a"', b'"x"')
    file.write_bytes(content)
    ledger = Ledger(tmp_path)
    with full_disk(20), pytest.raises(StorageError):
        ledger.load()
    ledger.close()

    assert file.read_bytes() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", FILE]


def test_what_a_power_failure_leaves_is_told_and_kept(tmp_path: Path) -> None:
    """Zeros, whether or not there is a line feed before them."""
    file = write(tmp_path, "a")
    for whole, line in ((file.read_bytes(), 4), (b"", 1)):
        damaged = whole + b"\0" * 5000
        file.write_bytes(damaged)

        with opened(tmp_path) as (ledger, keys, (notice,)):
            assert keys == (["a"] if whole else [])
            ledger.append(OPEN)
            ledger.append(put("b"))
        aside = file.with_suffix(f".damaged-{2 if line == 1 else 1}")
        assert aside.read_bytes() == damaged
        assert f"what its lines {line} said is lost" in notice
        with opened(tmp_path) as (_, keys, notices):
            assert ("b" in keys, notices) == (True, ())


def test_a_lost_start_of_a_table_is_told(tmp_path: Path) -> None:
    """Its rows cannot be read without it, so they are named."""
    file = write(tmp_path, "a")
    file.write_bytes(file.read_bytes().replace(b'"Open"', b'"0pen"'))

    with opened(tmp_path) as (_, keys, (notice,)):
        assert keys == []
        assert 'All rows of table "t" are lost.' in notice


def test_two_sandboxes_do_not_share_it(tmp_path: Path) -> None:
    """The second start says which process holds it, and what to do."""
    with opened(tmp_path):
        with pytest.raises(StorageError, match="in use by another sandbox") as refused:
            Ledger(tmp_path)
        assert f"process {os.getpid()}" in str(refused.value)
        assert "without --persist" in refused.value.remedy

    with opened(tmp_path) as (_, keys, _):
        assert keys == []


def test_a_start_on_a_full_disk_holds_nothing(tmp_path: Path) -> None:
    """Whoever tries again meets the disk, not a lock of its own."""
    for _ in range(2):
        with full_disk(0), pytest.raises(StorageError, match="cannot be written"):
            Ledger(tmp_path)

    with opened(tmp_path) as (_, keys, _):
        assert keys == []


def test_rewriting_says_the_same_in_less(tmp_path: Path) -> None:
    """It is wanted once the file has grown, and leaves no other file behind."""
    with opened(tmp_path, rewrite_at_bytes=500) as (ledger, _, _):
        ledger.append(OPEN)
        while not ledger.wants_rewriting:
            ledger.append(put("a"))
        ledger.rewrite([OPEN, put("a")])
        ledger.append(put("b"))
        assert ledger.file.stat().st_size < 300
        assert not ledger.wants_rewriting

    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", FILE]
    with opened(tmp_path) as (_, keys, _):
        assert keys == ["a", "b"]


def test_a_write_that_does_not_fit_leaves_no_trace(tmp_path: Path) -> None:
    """What fits of it is taken back, and later writes are whole."""
    with opened(tmp_path) as (ledger, _, _):
        ledger.append(OPEN)
        with (
            full_disk(ledger.file.stat().st_size + 20),
            pytest.raises(StorageError, match="cannot be written"),
        ):
            ledger.append(put("too large"))
        ledger.append(put("a"))

    with opened(tmp_path) as (_, keys, notices):
        assert (keys, notices) == (["a"], ())


def test_rewriting_that_fails_changes_nothing(tmp_path: Path) -> None:
    """The file goes on as it was, and is not asked to be rewritten at once again."""
    with opened(tmp_path, rewrite_at_bytes=10) as (ledger, _, _):
        ledger.append(OPEN)
        ledger.append(put("a"))
        with full_disk(10), pytest.raises(StorageError):
            ledger.rewrite([OPEN, put("a")])
        assert not ledger.wants_rewriting
        ledger.append(put("b"))

    with opened(tmp_path) as (_, keys, _):
        assert keys == ["a", "b"]


def test_a_place_that_cannot_be_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    """Here a file stands where a folder should be."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="cannot be written") as refused:
        Ledger(tmp_path / "file" / "state")

    assert "XDG_STATE_HOME" in refused.value.remedy


def test_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """Nothing is cut from a file that this version cannot understand."""
    content = encode_record({"op": "Ledger", "version": 2}) + b"what is that?"
    (tmp_path / FILE).write_bytes(content)

    ledger = Ledger(tmp_path)
    with pytest.raises(StorageError, match="of version 2"):
        ledger.load()
    ledger.close()

    assert (tmp_path / FILE).read_bytes() == content
