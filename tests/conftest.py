"""What every test may use: waiting on a condition, and a watch for leaks."""

import contextlib
import os
import pty
import shutil
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, Playwright

BROWSER_ARGUMENTS = (
    "--no-sandbox",  # root, as in a container, may not have one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# A loaded machine is no reason to fail: what a test asks is that the property holds.
hypothesis.settings.register_profile(
    "sandbox",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("sandbox")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: compressed ones differ from run to run."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Give a function that waits for a condition, and fails at its deadline."""

    def wait(
        condition: Callable[[], object], *, seconds: float = 10, what: str = ""
    ) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"did not happen in {seconds} s: {what or condition}")
            time.sleep(0.005)

    return wait


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fail a test that leaves one of the sandbox's own threads running."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        left = [
            thread.name
            for thread in set(threading.enumerate()) - before
            if thread.name.startswith("arc-") and thread.is_alive()
        ]
        if not left:
            return
        time.sleep(0.01)
    pytest.fail(f"threads left running: {left}")


@pytest.fixture(scope="session")
def node_modules_or_none() -> Path | None:
    """Give the folder that ARC_TEST_NODE_MODULES names, if Node can use it.

    That is, if `@architect/functions` is in it and `node` is on the PATH.
    """
    folder = Path(os.environ.get("ARC_TEST_NODE_MODULES", "node_modules")).resolve()
    has_helper = (folder / "@architect" / "functions").is_dir()
    return folder if has_helper and shutil.which("node") else None


@pytest.fixture(scope="session")
def node_modules(node_modules_or_none: Path | None) -> Path:
    """Give a node_modules folder that has `@architect/functions`, and Node to use it.

    Without one the test is skipped, or fails where ARC_TEST_REQUIRE_ALL says that
    nothing may be missing.
    """
    if node_modules_or_none is not None:
        return node_modules_or_none
    reason = "needs node, and @architect/functions in ARC_TEST_NODE_MODULES"
    if os.environ.get("ARC_TEST_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def find_program() -> Callable[[str], str]:
    """Give a function that finds a program.

    Without it a test is skipped, or fails where ARC_TEST_REQUIRE_ALL says that nothing
    may be missing.
    """

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is not None:
            return path
        reason = f"{name} is not on the PATH"
        if os.environ.get("ARC_TEST_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    return find


@pytest.fixture(scope="session")
def browser_arguments() -> tuple[str, ...]:
    """Give the flags with which Chromium runs in a container, and calls nobody."""
    return BROWSER_ARGUMENTS


@pytest.fixture(scope="session")
def chromium(
    playwright: Playwright,
    find_program: Callable[[str], str],
    browser_arguments: tuple[str, ...],
) -> Iterator[Browser]:
    """Give Chromium led by Playwright, of which a process can have only one."""
    browser = playwright.chromium.launch(
        executable_path=find_program("chromium"), args=list(browser_arguments)
    )
    yield browser
    browser.close()


SMALL_SHELL = """import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
if not child:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
while os.WIFSTOPPED(status := os.waitpid(child, os.WUNTRACED)[1]):
    pass
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Runs a command in the foreground of its terminal, and lets it be stopped."""


class Terminal:
    """Python with arguments, in a terminal of its own, as a shell would run it."""

    def __init__(
        self, *arguments: str, cwd: Path | None, environ: Mapping[str, str]
    ) -> None:
        self.shown = ""
        self._ours, self._theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", SMALL_SHELL, *arguments],
            cwd=cwd,
            env={"PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm", **environ},
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # nobody has the other end any more
            while piece := os.read(self._ours, 4096):
                self.shown += piece.decode(errors="replace")

    @property
    def pid(self) -> int:
        """The process id of what runs in the foreground."""
        return os.tcgetpgrp(self._ours)

    def type(self, text: str) -> None:
        """Send what a person types."""
        os.write(self._ours, text.encode())

    @property
    def is_plain(self) -> bool:
        """Tell whether lines are gathered and echoed, as in any shell."""
        flags = termios.tcgetattr(self._theirs)[3]
        return bool(flags & termios.ICANON and flags & termios.ECHO)

    def close(self) -> None:
        """Kill what still runs, and close both ends."""
        # It would outlive its shell where hanging up is ignored, as under nohup.
        with contextlib.suppress(OSError):  # it has ended by itself
            if (foreground := self.pid) > 0:
                os.killpg(foreground, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        os.close(self._theirs)
        self._reader.join(10)
        assert not self._reader.is_alive(), "something still holds the terminal"
        os.close(self._ours)


@pytest.fixture
def run_in_terminal() -> Iterator[Callable[..., Terminal]]:
    """Give a function that runs Python with arguments in a terminal of its own."""
    running: list[Terminal] = []

    def run(
        *arguments: str,
        cwd: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Terminal:
        running.append(Terminal(*arguments, cwd=cwd, environ=environ or {}))
        return running[-1]

    yield run
    for terminal in running:
        terminal.close()
