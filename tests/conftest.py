"""What every test may use: waiting on a condition, and a watch for leaks."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
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
