"""Whose doing a change is: a function's, or the developer's."""

from pathlib import Path

import pytest

from sandbox.project.observed import Signature, signature
from sandbox.watch import function_writes
from sandbox.watch.changes import Change
from sandbox.watch.function_writes import FunctionWrites


def _change(path: Path) -> Change:
    return Change(path=path, kind="modified")


def test_a_file_as_a_function_left_it_is_no_save(tmp_path: Path) -> None:
    """Nor is one that it has removed again."""
    writes = FunctionWrites(lambda: False)
    kept, removed = tmp_path / "kept.json", tmp_path / "removed.json"
    kept.write_text("1")
    writes.note([str(kept), str(removed)])

    assert writes.explain(_change(kept))
    assert writes.explain(_change(removed))
    assert not writes.explain(_change(tmp_path / "other.json"))


def test_a_file_that_is_another_since_is_a_save(tmp_path: Path) -> None:
    """While an event is under way, though, it may well be that event's."""
    running: list[int] = []
    writes = FunctionWrites(lambda: bool(running))
    file = tmp_path / "visits.json"
    file.write_text("1")
    writes.note([str(file)])
    file.write_text("by the developer")

    assert not writes.explain(_change(file))
    running.append(1)
    assert writes.explain(_change(file))


def test_a_file_stays_known_while_it_is_noted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watcher may ask in between, in its own thread."""
    writes = FunctionWrites(lambda: True)
    file = tmp_path / "visits.json"
    writes.note([str(file)])
    answers: list[bool] = []

    def look_late(path: str) -> Signature:
        monkeypatch.undo()
        answers.append(writes.explain(_change(file)))
        return signature(path)

    monkeypatch.setattr(function_writes, "signature", look_late)
    writes.note([str(file)])

    assert answers == [True]


def test_no_more_is_remembered_than_is_of_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function may give each of its files another name."""
    monkeypatch.setattr(function_writes, "MOST_REMEMBERED", 2)
    writes = FunctionWrites(lambda: False)
    names = ("a", "b", "a", "c")
    for name in names:
        writes.note([str(tmp_path / name)])

    known = {name for name in names if writes.explain(_change(tmp_path / name))}
    assert known == {"a", "c"}
