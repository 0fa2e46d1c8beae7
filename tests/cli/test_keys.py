"""The one-key menu of `arc-sandbox start`."""

import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.cli.console import Console, Verbosity
from sandbox.cli.keys import Key, KeyMenu, open_in_browser
from sandbox.errors import WorldError


class Told(Console):
    """A console that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(Verbosity(), use_colour=False)
        self.lines: list[str] = []

    def write(self, text: str) -> None:
        self.lines.append(text)


def fail() -> None:
    raise WorldError("It does not answer.", remedy="Start it.")


def menu_of(console: Console, act: Callable[[], None]) -> KeyMenu:
    keys = [Key(key="o", meaning="open the app", act=act)]
    return KeyMenu(keys, console=console)


@pytest.mark.parametrize(("key", "times"), [("o", 1), ("O", 1), ("x", 0), (" ", 0)])
def test_press_does_what_the_key_stands_for(key: str, times: int) -> None:
    """In either case; other keys do nothing, and say nothing."""
    console, done = Told(), []

    menu_of(console, lambda: done.append(1)).press(key)

    assert len(done) == times
    assert console.lines == []


def test_help_lists_every_key() -> None:
    """Itself too."""
    console = Told()

    menu_of(console, fail).press("?")

    assert "?" in console.lines[0]
    assert "open the app" in console.lines[0]


def test_enter_leaves_a_line() -> None:
    """As in any terminal, to part what was from what comes."""
    console = Told()

    menu_of(console, fail).press("\n")

    assert console.lines == [""]


def test_a_key_that_fails_says_why() -> None:
    """And the sandbox goes on."""
    console = Told()

    menu_of(console, fail).press("o")

    assert "It does not answer. Start it." in console.lines[0]


def test_open_says_the_address_where_there_is_no_browser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A text browser would take the terminal over."""
    monkeypatch.setattr(sys, "platform", "linux")
    console = Told()

    open_in_browser("http://localhost:3333", console=console, environ={})

    assert console.lines == ["No browser is found here; open http://localhost:3333"]


def test_open_starts_the_developers_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., None]
) -> None:
    """The one that BROWSER names."""
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    webbrowser.register("arc-test", None, webbrowser.GenericBrowser(str(browser)))
    monkeypatch.setattr(webbrowser, "_tryorder", ["arc-test"])
    console = Told()

    open_in_browser("http://a.test", console=console, environ={"BROWSER": "arc-test"})

    wait_until(opened.exists)
    assert console.lines == []
