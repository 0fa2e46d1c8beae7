"""The one-key menu of `arc-sandbox start`: takes a key, does what it stands for."""

import os
import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import click

from sandbox.cli.console import Console
from sandbox.cli.remote import RemoteSandbox
from sandbox.cli.sessions import NO_SESSIONS, session_lines
from sandbox.cli.terminal import KeyReader
from sandbox.errors import SandboxError
from sandbox.notice import Notice
from sandbox.ready_file import ReadyFile
from sandbox.sandbox import Sandbox

DAY_SECONDS = 86_400
_ENTER = ("\n", "\r")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key, what it does in a few words, and the doing."""

    key: str
    meaning: str
    act: Callable[[], None]


class KeyMenu:
    """The keys of a running sandbox.

    Args:
        keys: in the order of the help; `?` shows it.
        console: where that and errors are shown.
    """

    def __init__(self, keys: Sequence[Key], *, console: Console) -> None:
        self._console = console
        help_key = Key(key="?", meaning="this help", act=self.show_help)
        self._keys = {key.key: key for key in (help_key, *keys)}

    def press(self, key: str) -> None:
        """Do what `key` stands for; Enter leaves a blank line, others do nothing."""
        if key in _ENTER:
            self._console.write("")
        found = self._keys.get(key.lower())
        if found is None:
            return
        try:
            found.act()
        except (SandboxError, OSError) as error:
            self._console.show_notice(Notice(level="error", text=str(error)))

    def show_hint(self) -> None:
        """Tell that there is help."""
        self._console.write_aside("Press ? for the keys.")

    def show_help(self) -> None:
        """Show each key and its meaning."""
        self._console.write(
            "\n".join(
                f"  {click.style(key.key, bold=True)}  {key.meaning}"
                for key in self._keys.values()
            )
        )


def sandbox_keys(
    sandbox: Sandbox, console: Console, ready: ReadyFile, stop: threading.Event
) -> KeyMenu:
    """Give the keys for a running sandbox; `q` sets `stop`."""

    def open_url(url: str) -> None:
        open_in_browser(url, console=console, environ=os.environ)

    remote = RemoteSandbox(ready=ready)

    def reload() -> None:
        remote.ask("POST", "functions", "reload")
        console.write("Every function restarts, and open pages reload.")

    def show_sessions() -> None:
        lines = session_lines(remote)
        console.write("\n".join(lines or [NO_SESSIONS]))

    query = f"/?token={ready.token}" if ready.token else ""
    keys = (
        ("o", "open the app", lambda: open_url(ready.url)),
        ("i", "open the inspector", lambda: open_url(ready.internal_url + query)),
        ("r", "reload every function and page", reload),
        ("s", "list the sessions", show_sessions),
        ("t", "move the clock by a day", lambda: sandbox.clock.advance(DAY_SECONDS)),
        ("c", "clear the screen", clear_screen),
        ("q", "quit", stop.set),
    )
    return KeyMenu([Key(key=k, meaning=m, act=a) for k, m, a in keys], console=console)


def serve_keys(menu: KeyMenu, reader: KeyReader, stop: threading.Event) -> None:
    """Press what is typed until `stop` is set, or the terminal is gone."""
    menu.show_hint()
    with reader:
        while not stop.is_set() and (typed := reader.wait_keys()) is not None:
            for key in typed:
                menu.press(key)


def open_in_browser(url: str, *, console: Console, environ: Mapping[str, str]) -> None:
    """Open the address, or say it where there is no browser to open it with."""
    has_display = sys.platform != "linux" or any(map(environ.get, _DISPLAYS))
    # Without a display `webbrowser` would start a text browser in this terminal.
    if not has_display or not webbrowser.open(url):
        console.write(f"No browser is found here; open {url}")


def clear_screen() -> None:
    """Clear the terminal, and what was scrolled out of it."""
    click.clear()
    os.write(sys.stdout.fileno(), b"\x1b[3J")
