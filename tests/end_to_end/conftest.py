"""Whole sandboxes: in this process, and as the command that a developer types."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import pytest

from sandbox.notice import Notice
from sandbox.options import Options
from sandbox.sandbox import Sandbox
from tests.files import write_files

FREE_PORTS = {
    "ARC_HTTP_PORT": "0",
    "ARC_TABLES_PORT": "0",
    "ARC_INTERNAL_PORT": "0",
    "ARC_EVENTS_PORT": "0",
}
MANIFEST = """@app
testapp

@aws
runtime python

@http
"""


@dataclass
class App:
    """An app's folder that a test writes into."""

    root: Path

    def write(self, files: Mapping[str, str]) -> None:
        """Write files by their path below the root, making folders as needed."""
        write_files(self.root, files)


@pytest.fixture
def make_app(tmp_path: Path) -> Callable[..., App]:
    """Give a function that writes an app: its routes, its files, further manifest."""

    def make(files: Mapping[str, str], *routes: str, more: str = "") -> App:
        app = App(tmp_path / "app")
        manifest = MANIFEST + "\n".join(routes or ("get /",)) + f"\n\n{more}\n"
        app.write({"app.arc": manifest, **files})
        return app

    return make


@dataclass
class Served:
    """A sandbox in this process, a client for it, and what it said."""

    sandbox: Sandbox
    client: httpx.Client
    notices: list[Notice] = field(default_factory=list)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Give a function that runs an app in this process on free ports."""
    served: list[Served] = []

    def start(app: App | Path, **options: object) -> Served:
        notices: list[Notice] = []
        root = app.root if isinstance(app, App) else app
        chosen = {
            "http_port": 0,
            "tables_port": 0,
            "internal_port": 0,
            "events_port": 0,
            "shell": {"PATH": os.environ["PATH"]},  # noqa: TID251 - what a shell gives
            "home": tmp_path,
            **options,
        }
        sandbox = Sandbox(root, options=Options(**chosen), say=notices.append)  # type: ignore[arg-type]
        sandbox.start()
        client = httpx.Client(base_url=sandbox.url, timeout=30)
        served.append(Served(sandbox, client, notices))
        return served[-1]

    yield start
    for one in reversed(served):
        one.client.close()
        one.sandbox.close()


class Command:
    """`arc-sandbox` in a process of its own, its output read all the time.

    Args:
        within: a line for a shell that runs the command by `exec "$@"`.
    """

    def __init__(
        self,
        *arguments: str,
        cwd: Path,
        environ: Mapping[str, str],
        within: str = "",
    ) -> None:
        self.output = ""
        shell = ("/bin/sh", "-c", within, "sh") if within else ()
        self._process = subprocess.Popen(  # noqa: TID251 - the command under test
            [*shell, sys.executable, "-m", "sandbox", *arguments],
            cwd=cwd,
            env={"PATH": os.environ["PATH"], "HOME": str(cwd), **environ},  # noqa: TID251
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)  # noqa: TID251 - a test's own
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output += line

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def url(self) -> str | None:
        """The address that the banner shows; None before it does."""
        found = re.search(r"http://localhost:\d+", self.output)
        return found.group() if found else None

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, *, seconds: float = 20) -> int:
        """Give the exit code, once the command has ended and its output is complete."""
        code = self._process.wait(seconds)
        self._reader.join(seconds)
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.is_running:
            self._process.kill()
        self.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@pytest.fixture
def start_in_terminal(
    tmp_path: Path, run_in_terminal: Callable[..., Any]
) -> Callable[..., Any]:
    """Give a function that types `arc-sandbox start` in a terminal of its own.

    It takes the app, and further variables of the shell.
    """
    path = os.environ["PATH"]  # noqa: TID251 - what a shell gives
    environ = {"PATH": path, "HOME": str(tmp_path), **FREE_PORTS}
    start = ("-m", "sandbox", "start")
    return lambda app, **further: run_in_terminal(
        *start, cwd=app.root, environ={**environ, **further}
    )


@pytest.fixture
def command() -> Iterator[Callable[..., Command]]:
    """Give a function that runs `arc-sandbox` with arguments, on free ports."""
    running: list[Command] = []

    def run(
        *arguments: str,
        cwd: Path,
        environ: Mapping[str, str] | None = None,
        within: str = "",
    ) -> Command:
        environ = {**FREE_PORTS, **(environ or {})}
        running.append(Command(*arguments, cwd=cwd, environ=environ, within=within))
        return running[-1]

    yield run
    for one in running:
        with one:
            pass


@pytest.fixture
def start(
    command: Callable[..., Command], wait_until: Callable[..., None]
) -> Callable[..., Command]:
    """Give a function that runs `arc-sandbox start`, and waits until it serves."""

    def run(*arguments: str, **named: Any) -> Command:
        started = command("start", *arguments, **named)
        wait_until(lambda: "ready at" in started.output, seconds=30, what="ready")
        return started

    return run
