"""What takes long is said, while it takes long."""

import threading

import pytest

from sandbox.cli.progress import telling


def test_telling_says_what_takes_long() -> None:
    """Before it is over."""
    told: list[str] = []
    heard = threading.Event()

    def write(text: str) -> None:
        told.append(text)
        heard.set()

    with telling("Importing…", write=write, after_seconds=0):
        assert heard.wait(10)

    assert told == ["Importing…"]


def test_telling_is_silent_where_it_is_quick() -> None:
    """And leaves no thread behind."""
    told: list[str] = []

    with telling("Importing…", write=told.append, after_seconds=3600):
        pass

    assert told == []


def test_telling_lets_failures_pass() -> None:
    """A start that fails says why, not that it takes long."""
    told: list[str] = []

    with (
        pytest.raises(KeyError),
        telling("Importing…", write=told.append, after_seconds=3600),
    ):
        raise KeyError

    assert told == []
