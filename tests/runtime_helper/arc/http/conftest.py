"""The three runtime helpers as oracles, and the two services that they look for."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from sandbox import runtime_helper
from sandbox.clock import MovableClock
from sandbox.httpd import LoopbackServer
from sandbox.project.model import Key, Project, Table
from sandbox.tables.store import TableStore

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HERE = Path(__file__).parent
SESSIONS = Table(name="sessions", partition_key=Key(attribute="_idx"))
PHYSICAL_NAME = "app-staging-sessions"

Job: TypeAlias = dict[str, Any]
Answer: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """DynamoDB and the service map on one port, and what handlers see of them."""

    store: TableStore
    port: int

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which each helper finds its tables."""
        ports = {"tables": self.port, "_arc": self.port}
        return {
            "ARC_ENV": "testing",
            "ARC_APP_NAME": "app",
            "ARC_SANDBOX": json.dumps({"ports": ports, "version": "9.0.0"}),
            "AWS_ACCESS_KEY_ID": "dummy",
            "AWS_SECRET_ACCESS_KEY": "dummy",
            "AWS_REGION": "us-west-2",
        }

    def rows(self) -> tuple[Any, ...]:
        """Give the session rows, in DynamoDB JSON."""
        return self.store.export()[PHYSICAL_NAME]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Give a DynamoDB with a sessions table, and a service map that names it."""
    store = TableStore(clock=MovableClock())
    root = tmp_path_factory.mktemp("app")
    store.apply(Project(root=root, name="app", manifest_file=None, tables=(SESSIONS,)))

    def app(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Sequence[bytes]:
        if not environ["PATH_INFO"].startswith("/_arc/ssm"):
            return store(environ, start_response)
        parameter = {"Name": "/AppTesting/tables/sessions", "Value": PHYSICAL_NAME}
        start_response("200 OK", [("content-type", "application/x-amz-json-1.1")])
        return [json.dumps({"Parameters": [parameter]}).encode()]

    with LoopbackServer(app, name="test-services") as server:
        yield Services(store=store, port=server.port)
    store.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracles:
    """Runs jobs (driver.py) through a helper: `own`, `pypi` or `npm`."""

    node_modules: Path | None
    home: Path

    @property
    def helpers(self) -> tuple[str, ...]:
        """The helpers that this machine can run."""
        return ("own", "pypi", "npm") if self.node_modules else ("own", "pypi")

    def run(self, helper: str, jobs: list[Job]) -> list[Answer]:
        """Give the answers of one process to all jobs, in order."""
        command, folder, environment = {
            "own": (
                [sys.executable, HERE / "driver.py"],
                Path(runtime_helper.__file__).parent / "arc",
                {"PYTHONPATH": str(Path(runtime_helper.__file__).parent)},
            ),
            "pypi": (
                [sys.executable, HERE / "driver.py"],
                Path("site-packages/arc"),
                {},
            ),
            "npm": (
                [shutil.which("node"), HERE / "driver.mjs", self.node_modules],
                Path("@architect/functions"),
                {},
            ),
        }[helper]
        done = subprocess.run(
            [str(part) for part in command],
            input=json.dumps(jobs),
            env={"HOME": str(self.home), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert str(folder) in answer["file"]
        return list(answer["answers"])


@pytest.fixture(scope="module")
def oracles(
    node_modules_or_none: Path | None, tmp_path_factory: pytest.TempPathFactory
) -> Oracles:
    """Give the helpers that this machine can run."""
    home = tmp_path_factory.mktemp("home")
    return Oracles(node_modules=node_modules_or_none, home=home)


@pytest.fixture
def handler_environment(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Give a function that sets the environment of a handler in this process."""
    for name in ("SESSION_TABLE_NAME", "ARC_APP_SECRET", "ARC_SESSION_TTL"):
        monkeypatch.delenv(name, raising=False)

    def set_environment(**variables: str) -> None:
        for name, value in {**services.environment, **variables}.items():
            monkeypatch.setenv(name, value)

    return set_environment
