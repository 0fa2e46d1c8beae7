"""Runs a sandbox in the terminal until Ctrl-C, and shows what happens."""

import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from sandbox.cli.collector import collector_paused
from sandbox.cli.console import Console, notice_text, route_lines
from sandbox.cli.follower import Follower
from sandbox.cli.progress import telling
from sandbox.cli.startup import run_startup_commands
from sandbox.cli.terminal import KeyReader, TerminalState
from sandbox.cli.trust import trust_lines
from sandbox.clock import Clock, MovableClock
from sandbox.errors import RAISE_FILE_LIMIT, WorldError
from sandbox.notice import Notice
from sandbox.options import Options
from sandbox.project.model import Project
from sandbox.ready_file import (
    ReadyFile,
    ready_folder,
    remove_ready_file,
    write_ready_file,
)
from sandbox.sandbox import Sandbox
from sandbox.workers.debugging import Debugging
from sandbox.workers.nurseries import Nurseries

FEWEST_FILES = 32
"""What may be open at once: a small app opens 18, and reading a library a few more.

With less, whatever comes first fails, and a library that is half read not by the
system's own words.
"""
_LOOK_SECONDS = 0.2
_SAME_SECONDS = 0.5
"""Nobody presses Ctrl-C twice so fast."""


def serve(
    app: Path,
    options: Options,
    console: Console,
    reader: KeyReader | None,
    *,
    debugging: Debugging,
    nurseries: Nurseries,
) -> None:
    """Run the app; returns once Ctrl-C, SIGTERM or SIGHUP has come.

    Args:
        app: its folder.
        options: what was asked for.
        console: shows requests and notices.
        reader: gives the keys that are pressed, where there is a terminal.
        debugging: what workers do beside their work.
        nurseries: what workers are forked from; closed with the sandbox.

    Raises:
        SandboxError: the app cannot be run, or a port is taken.
    """
    check_file_limit()
    sandbox = Sandbox(
        app,
        options=options,
        say=console.show_notice,
        debugging=debugging,
        nurseries=nurseries,
    )
    with until_interrupted(MovableClock()) as stop:
        with _started(sandbox, console):
            run_startup_commands(sandbox, console, shell=options.shell, stop=stop)
            if not stop.is_set():
                _serve_until(stop, sandbox, console, options, reader)
            console.hurry()
        if not console.is_quiet:
            console.write("Stopped.")


def _serve_until(
    stop: threading.Event,
    sandbox: Sandbox,
    console: Console,
    options: Options,
    reader: KeyReader | None,
) -> None:
    """Say that the sandbox is ready, let others find it, and wait for the end."""
    if not console.is_quiet:
        console.write(banner(sandbox, options))
    elif options.inspector_token:
        console.write(_inspector_line(sandbox, options))
    with _findable(sandbox, console, options) as ready:
        console.write(f"Local environment ready at {sandbox.url} (Ctrl-C ends it)")
        sandbox.adviser.tell()
        if reader is not None:
            # Nobody has seen a key to press yet; the first answer goes first.
            from sandbox.cli.keys import sandbox_keys, serve_keys

            serve_keys(sandbox_keys(sandbox, console, ready, stop), reader, stop)
        wait_for(stop)


def wait_for(stop: threading.Event) -> None:
    """Wait for an event that a signal sets; in the main thread.

    Where threads come and go, the system may give the signal to another one. Python
    handles it in this one, and nothing would wake this up for that.
    """
    while not stop.wait(_LOOK_SECONDS):
        pass


@contextmanager
def _started(sandbox: Sandbox, console: Console) -> Iterator[None]:
    """Start the sandbox and close it; what takes long is told."""
    sandbox.bus.subscribe(console.show_delivery)
    with Follower(sandbox.journal, console.show_exchanges):
        with collector_paused(), telling("Reading the app…", write=console.write_aside):
            sandbox.start()
        try:
            importing = telling("Importing DynamoDB…", write=console.write_aside)
            with collector_paused(), importing:
                sandbox.wait_ready()
            yield
        finally:
            sandbox.close()


@contextmanager
def _findable(
    sandbox: Sandbox, console: Console, options: Options
) -> Iterator[ReadyFile]:
    """Let other commands find the sandbox; without that it runs all the same."""
    folder = ready_folder(options.shell, options.home)
    ready = ReadyFile(
        root=str(sandbox.project.root),
        pid=os.getpid(),
        url=sandbox.url,
        internal_url=sandbox.inspector_url,
        token=options.inspector_token,
    )
    try:
        write_ready_file(folder, ready)
    except WorldError as error:
        text = f"Other commands will not find this sandbox. {error}"
        console.show_notice(Notice(level="warning", text=text))
    try:
        yield ready
    finally:
        remove_ready_file(folder, ready)


def check_file_limit() -> None:
    """Refuse to start where too few files may be open at once.

    Raises:
        WorldError: fewer than a start needs.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit < FEWEST_FILES:
        raise WorldError(
            f"Only {limit} files may be open at once, and a sandbox needs at least "
            f"{FEWEST_FILES}.",
            remedy=RAISE_FILE_LIMIT,
        )


def banner(sandbox: Sandbox, options: Options) -> str:
    """Give what is shown once at start: the addresses, the routes, the tables."""
    project = sandbox.project
    lines = ["", f"  {click.style(project.name, bold=True)}  {_link(sandbox.url)}"]
    if served := route_lines(project):
        lines += ["", *served]
    if project.tables:
        names = ", ".join(table.name for table in project.tables)
        port = sandbox.ports.tables
        where = "AWS" if port is None else f"port {port}"
        lines += ["", f"  tables  {names}  ({where})"]
    if receivers := messaged(project, "events", "queues"):
        is_local = sandbox.ports.tables is not None
        where = f"port {sandbox.ports.events}" if is_local else "AWS"
        lines += ["", f"  {'  '.join(receivers)}  ({where})"]
    if routes := messaged(project, "ws"):
        address = _link(f"ws{sandbox.url.removeprefix('http')}")
        lines += ["", f"  {routes[0]}  ({address})"]
    lines += ["", _inspector_line(sandbox, options)]
    lines += trust_lines(options)
    if project.not_emulated:
        text = not_emulated_text(project.not_emulated)
        lines += ["", notice_text(Notice(level="warning", text=text))]
    return "\n".join([*lines, ""])


def messaged(project: Project, *pragmas: str) -> list[str]:
    """Give the functions of each of these pragmas: `@events a, b`."""
    return [
        f"@{pragma} {', '.join(names)}"
        for pragma in pragmas
        if (names := [f.name for f in project.functions if f.pragma == pragma])
    ]


def not_emulated_text(pragmas: Sequence[str]) -> str:
    """Give what is said of pragmas that are parsed, but not served."""
    text = f"Not emulated: {' '.join(f'@{name}' for name in pragmas)}."
    if "plugins" in pragmas:
        text += " What plugins set is missing: routes, runtimes, variables."
    return text


def _inspector_line(sandbox: Sandbox, options: Options) -> str:
    token = options.inspector_token
    query = f"/?token={token}" if token else ""
    return f"  inspector  {_link(sandbox.inspector_url + query)}"


def _link(url: str) -> str:
    return click.style(url, fg="cyan", underline=True)


@contextmanager
def until_interrupted(clock: Clock) -> Iterator[threading.Event]:
    """Give an event that Ctrl-C, SIGTERM and a closed terminal set.

    A second one ends the process, unless it comes at once: `timeout` sends two, to its
    command and to the group. Under `nohup` a closed terminal changes nothing.

    Args:
        clock: measures how long ago the first one came.
    """
    stop = threading.Event()
    terminal = TerminalState(sys.stdin)
    came: list[float] = []

    def interrupted(number: int, _frame: FrameType | None) -> None:
        came.append(clock.monotonic())
        is_same = len(came) > 1 and came[-1] - came[0] < _SAME_SECONDS
        if stop.is_set() and not is_same:
            terminal.restore()
            os._exit(128 + number)
        stop.set()

    former = {
        number: signal.signal(number, interrupted)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN
    }
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
