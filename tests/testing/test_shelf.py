"""Sandboxes kept between tests."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.errors import SeedError
from sandbox.testing import AppChoice, Shelf

pytestmark = pytest.mark.slow


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """Give an empty shelf, closed after the test."""
    shelf = Shelf({"PATH": os.environ["PATH"]})  # noqa: TID251 - what a shell gives
    yield shelf
    shelf.close()


def test_the_same_choice_gives_the_same_sandbox(shelf: Shelf, app: Path) -> None:
    """It is started once, and clean each time; other variables make another."""
    choice = AppChoice(root=app)
    first = shelf.take(choice)
    first.clock.advance(1000)
    again = shelf.take(choice)
    other = shelf.take(replace(choice, environment=(("X", "1"),)))
    function = other.project.functions[0]

    assert again is first
    assert again.clock.offset_seconds == 0
    assert other is not first
    assert other.environment(function)["X"] == "1"


def test_one_that_a_test_has_closed_is_started_anew(shelf: Shelf, app: Path) -> None:
    """Or every later test of the app would find it closed."""
    choice = AppChoice(root=app)
    closed = shelf.take(choice)
    closed.close()
    again = shelf.take(choice)

    assert (closed.is_running, again.is_running) == (False, True)
    assert shelf.take(choice) is again


def test_rows_stay_where_the_choice_says_so(shelf: Shelf, app: Path) -> None:
    """`persist` keeps the rows that the test before left."""
    item = {"TableName": "parts-staging-things", "Item": {"id": {"S": "1"}}}
    for persist, left in ((True, 1), (False, 0)):
        choice = AppChoice(root=app, persist=persist)
        shelf.take(choice).tables.call("PutItem", item)

        assert len(shelf.take(choice).tables.export()["parts-staging-things"]) == left


def test_the_longest_unused_one_is_closed(shelf: Shelf, app: Path) -> None:
    """A run with many variables does not keep them all running."""
    choices = [AppChoice(root=app, environment=(("X", str(n)),)) for n in range(5)]
    sandboxes = [shelf.take(choice) for choice in choices]

    with pytest.raises(RuntimeError, match="not running"):
        _ = sandboxes[0].url
    assert sandboxes[1].url
    shelf.close()
    with pytest.raises(RuntimeError, match="not running"):
        _ = sandboxes[4].url


def test_one_whose_rows_are_to_stay_is_not_closed(shelf: Shelf, app: Path) -> None:
    """However many others the run asks for meanwhile."""
    kept = AppChoice(root=app, persist=True)
    item = {"TableName": "parts-staging-things", "Item": {"id": {"S": "1"}}}
    shelf.take(kept).tables.call("PutItem", item)
    for number in range(5):
        shelf.take(AppChoice(root=app, environment=(("X", str(number)),)))

    assert len(shelf.take(kept).tables.export()["parts-staging-things"]) == 1


def test_one_that_cannot_be_closed_leaves_no_other_running(
    shelf: Shelf, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its error is told once the others are closed."""
    choices = [AppChoice(root=app, environment=(("X", str(n)),)) for n in range(2)]
    first, last = (shelf.take(choice) for choice in choices)
    monkeypatch.setattr(last, "close", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        shelf.close()
    with pytest.raises(RuntimeError, match="not running"):
        _ = first.url
    monkeypatch.undo()
    last.close()


def test_wrong_seeds_are_told_at_once(shelf: Shelf, app: Path) -> None:
    """A sandbox that cannot be seeded is closed, and its error told."""
    (app / "sandbox-seed.json").write_text('{"nope": []}')

    with pytest.raises(SeedError, match="nope"):
        shelf.take(AppChoice(root=app))


def test_what_another_test_has_told_is_short(shelf: Shelf) -> None:
    """One line stays as it is; of several, the first, and who has told them all."""
    told = [shelf.retell(text, test="one") for text in ("a", "a\nb", "a\nc", "a\nb")]
    short = [shelf.retell(text, test="two") for text in ("a", "a\nb")]

    assert told == ["a", "a\nb", "a\nc", "a\nb"]
    assert short == ["a", "a … (told whole by one)"]
