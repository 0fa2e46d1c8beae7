"""Apps in a temporary folder, and pools that run them."""

import socket
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from sandbox.clock import MovableClock
from sandbox.exchange import Execution, Invocation
from sandbox.folder_events import FolderEvents
from sandbox.json_value import JsonText
from sandbox.project.model import Function, FunctionConfig, Project
from sandbox.workers.debugging import PORTS_TRIED, Debugging
from sandbox.workers.limits import PoolLimits
from sandbox.workers.nurseries import Nurseries
from sandbox.workers.nursery import NurseryError
from sandbox.workers.pool import WorkerPool

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/", "TZ": "UTC"}


class App:
    """A project on disk, whose functions tests write, and its pools."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = MovableClock()
        self.environment: dict[str, str] = dict(ENVIRONMENT)
        self.functions: dict[str, Function] = {}
        self.project = self._project()
        self._pools: list[WorkerPool] = []

    def write(self, name: str, source: str) -> Path:
        """Write a file below the project's root."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(source))
        return file

    def function(self, name: str, source: str | None, **config: Any) -> Function:
        """Declare `get /name`, with `source` as its index.py."""
        folder = self.root / "src" / "http" / f"get-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "index.py"
        if source is not None:
            file.write_text(dedent(source))
        settings = {"runtime": "python3.12", **config}
        function = Function(
            name=f"get /{name}",
            pragma="http",
            folder=folder,
            handler_file=file,
            handler_method="handler",
            config=FunctionConfig(**settings),
        )
        self.functions[name] = function
        self.project = self._project()
        return function

    def mount(self, **parts: Any) -> None:
        """Give the project a `shared_folder`, a `views_folder`, or `static`."""
        self.project = self._project(**parts)

    def pool(
        self,
        *,
        can_fork: bool = True,
        nurseries: Nurseries | None = None,
        limits: PoolLimits | None = None,
        events: FolderEvents | None = None,
        debugging: Debugging | None = None,
    ) -> WorkerPool:
        """Open a pool that the fixture closes; it can fork at once where it may."""
        nurseries = nurseries or Nurseries(can_fork=can_fork)
        pool = WorkerPool(
            environment=self._environment,
            project=lambda: self.project,
            clock=self.clock,
            nurseries=nurseries,
            limits=limits,
            events=events,
            debugging=debugging,
        )
        self._pools.append(pool)
        pool.prepare()
        if nurseries.pid is not None:
            with suppress(NurseryError):  # it is gone, and the first start replaces it
                nurseries.begin().wait_ready()
        return pool

    def close(self) -> None:
        """Close every pool."""
        for pool in self._pools:
            pool.close()

    def _environment(self, function: Function) -> Mapping[str, str]:
        return dict(self.environment)

    def _project(self, **parts: Any) -> Project:
        return Project(
            root=self.root,
            name="app",
            manifest_file=None,
            functions=tuple(self.functions.values()),
            **parts,
        )


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Give an empty app; its pools are closed afterwards."""
    app = App(tmp_path)
    yield app
    app.close()


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Give an app for a whole module: its pool's nursery starts once."""
    app = App(tmp_path_factory.mktemp("app"))
    yield app
    app.close()


@pytest.fixture(scope="module")
def shared_pool(shared_app: App) -> WorkerPool:
    """Give one pool for a whole module."""
    return shared_app.pool()


@pytest.fixture
def run(shared_app: App, shared_pool: WorkerPool) -> Callable[..., Execution]:
    """Give a function that runs a source once, as a function of its own."""

    def run_source(source: str, event: Any = None, **config: Any) -> Execution:
        name = f"f{uuid.uuid4().hex[:8]}"
        return _invoke(shared_pool, shared_app.function(name, source, **config), event)

    return run_source


@pytest.fixture
def invoke() -> Callable[..., Execution]:
    """Give a function that runs one event in a pool."""
    return _invoke


def _invoke(pool: WorkerPool, function: Function, event: Any = None) -> Execution:
    return pool.invoke(
        Invocation(
            request_id=str(uuid.uuid4()), function=function, event=JsonText.of(event)
        )
    )


@pytest.fixture
def free_port() -> int:
    """Give a port that is free, and some after it most likely too."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return min(port, 65_535 - PORTS_TRIED)
