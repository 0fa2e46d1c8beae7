"""`arc-sandbox start` in a real terminal, a key at a time."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

HELLO = """import json

def handler(event, context):
    return json.loads("{")
"""


@pytest.fixture
def terminal(
    make_app: Any, start_in_terminal: Any, wait_until: Callable[..., None]
) -> Any:
    """Give a running sandbox in a terminal."""
    app = make_app({"src/http/get-index/index.py": HELLO})
    started = start_in_terminal(app)
    wait_until(lambda: "Press ? for the keys" in started.shown, what="the keys")
    return started


@pytest.mark.parametrize("asked", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_none(
    make_app: Any,
    start_in_terminal: Any,
    wait_until: Callable[..., None],
    asked: dict[str, str],
) -> None:
    """Nor has one that shows text alone."""
    app = make_app({"src/http/get-index/index.py": HELLO})
    started = start_in_terminal(app, **asked)

    wait_until(lambda: "Press ? for the keys" in started.shown, what="the keys")
    assert "\x1b" not in started.shown


def test_keys_do_what_the_help_says(
    terminal: Any, wait_until: Callable[..., None]
) -> None:
    """Help, sessions, clock, reload; nothing is echoed."""
    for key, told in (
        ("?", "list the sessions"),
        ("s", "No sessions."),
        ("t", "1 day ahead of real time"),
        ("r", "Every function restarts"),
        ("o", "No browser is found here; open http://localhost:"),
        ("i", "No browser is found here; open http://localhost:"),
    ):
        before = len(terminal.shown)
        terminal.type(key)
        wait_until(lambda: told in terminal.shown[before:], what=told)  # noqa: B023 - waited for at once

    assert not terminal.is_plain


def test_ctrl_c_ends_and_restores_the_terminal(
    terminal: Any, wait_until: Callable[..., None]
) -> None:
    """Also in the middle of reading keys."""
    terminal.type("\x03")
    wait_until(lambda: "Stopped." in terminal.shown, what="the end")

    assert terminal.is_plain


def test_a_failure_shows_the_developers_frames(
    terminal: Any, wait_until: Callable[..., None]
) -> None:
    """In colour, as it is a terminal."""
    found = re.search(r"ready at (http://localhost:\d+)", terminal.shown)
    assert found
    httpx.get(found[1])
    wait_until(lambda: "JSONDecodeError" in terminal.shown)

    assert "get-index/index.py" in terminal.shown
    assert "json/decoder.py" not in terminal.shown
    assert "left out: --full-tracebacks" in terminal.shown
    assert "\x1b[31m" in terminal.shown
