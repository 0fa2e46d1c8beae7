"""What is said of events that do what Lambda would not let them."""

from pathlib import Path

from sandbox.exchange import Execution, Returned
from sandbox.gateway.run_notes import run_notes
from sandbox.project.model import Function
from tests.gateway.conftest import make_project

PROJECT = make_project("get /")
FUNCTION: Function = PROJECT.routes[0].function


def _notes(*written: Path) -> tuple[str, ...]:
    execution = Execution(
        outcome=Returned(value=None), written=tuple(map(str, written))
    )
    return run_notes(execution, FUNCTION, root=PROJECT.root)


def test_nothing_is_said_of_an_ordinary_event() -> None:
    """Which most are."""
    assert _notes() == ()


def test_a_file_that_was_written_is_named() -> None:
    """By its path in the function's folder, or else in the app's."""
    own, other = _notes(
        FUNCTION.folder / "data/visits.json", PROJECT.root / "src/shared/x.txt"
    )

    assert own == (
        '"get /" wrote "data/visits.json" in its folder. On Lambda that is read-only, '
        "and writing fails (Errno 30): write to /tmp, or keep it in a table."
    )
    assert other.startswith('"get /" wrote "src/shared/x.txt" in the app\'s folder. ')


def test_a_folder_made_for_a_file_is_not_told_beside_it() -> None:
    """One act is told once; a folder that stays empty is told by itself."""
    folder = FUNCTION.folder
    written = folder / "data/deep/x", folder / "data", folder / "data/deep"

    (file,) = _notes(*written)
    (alone,) = _notes(folder / "data")

    assert '"data/deep/x"' in file
    assert '"data"' in alone


def test_many_files_are_counted() -> None:
    """An event that writes a hundred files has a hundred times the same to learn."""
    notes = _notes(*(FUNCTION.folder / f"{number}.txt" for number in range(100)))

    assert len(notes) == 4
    assert notes[-1] == '"get /" wrote 97 more in the same event.'


def test_a_thread_that_was_left_is_named() -> None:
    """By its function, so that the words are the same with every event."""
    execution = Execution(outcome=Returned(value=None), threads=("send_mail",))

    assert run_notes(execution, FUNCTION, root=PROJECT.root) == (
        '"get /" answered while a thread was still at work in "send_mail". Lambda '
        "freezes it until the next event, or for good: wait for it (`thread.join()`) "
        "before returning.",
    )


def test_a_request_that_was_left_is_named() -> None:
    """By its host; what it is for, the developer knows."""
    execution = Execution(outcome=Returned(value=None), requests=("localhost:5555",))

    assert run_notes(execution, FUNCTION, root=PROJECT.root) == (
        '"get /" answered while a request to "localhost:5555" was still under way. '
        "Lambda freezes it until the next event, or for good: await it before "
        "returning.",
    )
