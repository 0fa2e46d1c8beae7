"""Who is measured: how each is installed by name, and how it is started."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.processes import Program, free_port

NPM = (
    "@architect/sandbox@9.0.0",
    "@architect/functions@8.1.10",
    "serverless@3",
    "serverless-offline@13",
)
PYPI = ("functions-framework",)
OURS = "arc-sandbox"
PEER = "@architect/sandbox"
FLOOR = "Werkzeug, kept alive (floor)"
OFFLINE = "serverless-offline"
OFFLINE_RELOADING = "serverless-offline, reloading"
FRAMEWORK = "functions-framework"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One way of serving an app."""

    name: str
    command: Callable[[int], Sequence[str]]
    """Takes the port to serve on."""
    environ: Mapping[str, str]

    def start(self, app: Path, port: int | None = None) -> tuple[Program, int]:
        """Start it on an app; gives the program, which the caller closes, and its port.

        The log lies beside the app. `Program.ports` has Architect's further ports.
        """
        port = port or free_port()
        ports = {name: free_port() for name in ("tables", "internal", "events")}
        environ = {
            **self.environ,
            **{f"ARC_{name.upper()}_PORT": str(ports[name]) for name in ports},
            "HOME": str(app.parent),
        }
        log = app.with_name(f"{app.name}-{self.name.replace('/', '-')}.log")
        program = Program(self.command(port), cwd=app, environ=environ, log=log)
        program.ports = ports
        return program, port


@dataclass(frozen=True, slots=True)
class Peers:
    """A folder into which the peers are installed, once."""

    folder: Path

    @property
    def node_modules(self) -> Path:
        return self.folder / "node_modules"

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin"

    def install(self) -> None:
        """Install what is missing, from npm and PyPI; quick where nothing is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.node_modules / "serverless-offline").is_dir():
            (self.folder / "package.json").write_text('{"private": true}\n')
            subprocess.run(
                ["npm", "install", "--silent", "--no-audit", "--no-fund", *NPM],
                cwd=self.folder,
                check=True,
            )
        if not (self.python / "functions-framework").exists():
            venv = [sys.executable, "-m", "venv", str(self.folder / "venv")]
            subprocess.run(venv, check=True)
            pip = [str(self.python / "pip"), "install", "--quiet", *PYPI]
            subprocess.run(pip, check=True)


def _environ() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": ""}


def ours() -> Contender:
    """Give this sandbox as it is started by hand: watching, hot reload on."""

    def command(port: int) -> list[str]:
        program = [sys.executable, "-m", "sandbox", "start"]
        return [*program, "--quiet", "--port", str(port)]

    return Contender(name=OURS, command=command, environ=_environ())


def floor() -> Contender:
    """Give the bare server that answers by itself."""

    def command(port: int) -> list[str]:
        return [
            sys.executable,
            str(Path(__file__).with_name("floor.py")),
            f"--port={port}",
        ]

    return Contender(name=FLOOR, command=command, environ=_environ())


def peer(peers: Peers) -> Contender:
    """Give Architect's own sandbox."""
    program = peers.node_modules / "@architect" / "sandbox" / "src" / "cli" / "cli.js"

    def command(port: int) -> list[str]:
        return ["node", str(program), "--port", str(port), "--quiet", "--no-symlink"]

    return Contender(name=PEER, command=command, environ=_environ())


def of_architect(peers: Peers | None) -> list[Contender]:
    """Give us, and what people use today where it is installed."""
    return [ours(), peer(peers)] if peers else [ours()]


def serverless(peers: Peers, *, reloads: bool) -> Contender:
    """Give serverless-offline, which needs no account up to version 13 and 3."""
    quiet = {"SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off"}

    def command(port: int) -> list[str]:
        program = str(peers.node_modules / "serverless" / "bin" / "serverless.js")
        lambda_port = f"--lambdaPort={free_port()}"
        reload = ["--reloadHandler"] if reloads else []
        return ["node", program, "offline", f"--httpPort={port}", lambda_port, *reload]

    name = OFFLINE_RELOADING if reloads else OFFLINE
    return Contender(name=name, command=command, environ={**_environ(), **quiet})


def framework(peers: Peers) -> Contender:
    """Give Google's functions-framework, as its own command runs it."""

    def command(port: int) -> list[str]:
        program = str(peers.python / "functions-framework")
        return [program, "--target=hello", f"--port={port}", "--host=127.0.0.1"]

    return Contender(name=FRAMEWORK, command=command, environ=_environ())
