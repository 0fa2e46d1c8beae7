"""Runs a seed program in a process of its own, gives the rows that it makes.

A seed program is the developer's code: it never runs in the server's process, where it
could change state, exit or import what it likes.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from sandbox.errors import RuntimeMissingError, SeedError

TIMEOUT_SECONDS = 30.0
_CHILDREN = Path(__file__).parent
_MAX_SHOWN = 2000
_TAG = "__arc_sandbox_type__"


def run_seed_program(
    file: Path,
    root: Path,
    *,
    environ: Mapping[str, str],
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> object:
    """Run a `.py`, `.js`, `.mjs` or `.cjs` file and give its `{table: [rows]}`.

    It runs in the folder `root` with the interpreter of the sandbox, or with `node`;
    what it prints goes to standard error. Whatever it started ends with it.

    Args:
        file: the program.
        root: the app's folder.
        environ: all the variables that it sees.
        timeout_seconds: how long it may take.

    Raises:
        SeedError: it fails, gives nothing, or is not done in time.
        RuntimeMissingError: it needs Node.js, which is not installed.
    """
    command = [*_command(file, environ), str(file), str(root)]
    # Files, not pipes: a pipe ends only when the last process that has it does.
    with TemporaryFile() as output, TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: TID251 - `run` ends the one, not its group
            command,
            cwd=root,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        try:
            exit_code = process.wait(timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise SeedError(
                f'The seed file "{file.name}" did not finish '
                f"within {timeout_seconds:g} s.",
                remedy="Have it return its rows without waiting for anything.",
            ) from error
        finally:
            _kill_group(process.pid)
            process.wait()
        output.seek(0)
        errors.seek(0)
        return _outcome(file, exit_code, output.read(), errors.read())


def _kill_group(pid: int) -> None:
    """Kill a process and all that it started, as far as they still run."""
    # Gone already; macOS says EPERM where only a zombie is left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _command(file: Path, environ: Mapping[str, str]) -> list[str]:
    """Give the interpreter and the child's side for a kind of file."""
    if file.suffix == ".py":
        # -P keeps the app's folder, which may have a "sandbox", off the search path
        # until the child's own modules are imported.
        return [sys.executable, "-P", "-m", "sandbox.tables.seed_child"]
    node = shutil.which("node", path=environ.get("PATH", os.defpath))
    if node is None:
        raise RuntimeMissingError(
            f'The seed file "{file.name}" needs "node", which is not on the PATH.',
            remedy="Install Node.js, or write the seeds as JSON or Python.",
        )
    return [node, str(_CHILDREN / "seed_child.mjs")]


def _outcome(file: Path, exit_code: int, output: bytes, errors: bytes) -> object:
    """Read what the child reports as its last line."""
    try:
        last = output.splitlines()[-1]
        report = json.loads(last, parse_float=Decimal, object_hook=untag)
    except (ValueError, IndexError):
        report = None
    if isinstance(report, Mapping) and "rows" in report:
        return report["rows"]
    told = errors.decode(errors="replace").strip()[-_MAX_SHOWN:]
    problem = report.get("error") if isinstance(report, Mapping) else None
    raise SeedError(
        (f"{told}\n" if told else "") + f'The seed file "{file.name}" failed: '
        f"{problem or f'it ended with exit code {exit_code}'}.",
        remedy="Fix it and save.",
    )


def tag(value: object) -> dict[str, object]:
    """Give a value that Python has and JSON lacks as an object, for `json.dumps`.

    Raises:
        TypeError: it is of no type that DynamoDB can store.
    """
    match value:
        case Decimal():
            return {_TAG: "Decimal", "value": str(value)}
        case bytes():
            return {_TAG: "bytes", "value": base64.b64encode(value).decode()}
        case set() | frozenset():
            return {_TAG: "set", "value": list(value)}
    raise TypeError(f"DynamoDB has no type for {type(value).__name__} values")


def untag(found: dict[str, Any]) -> object:
    """Undo `tag`, as an `object_hook` of `json.loads`."""
    match found.get(_TAG):
        case "Decimal":
            return Decimal(found["value"])
        case "bytes":
            return base64.b64decode(found["value"])
        case "set":
            return set(found["value"])
    return found
