"""Runs a seed program in a process of its own, gives the rows that it makes.

A seed program is the developer's code: it never runs in the server's process, where it
could change state, exit or import what it likes.
"""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.errors import RuntimeMissingError, SeedError

TIMEOUT_SECONDS = 30.0
_CHILDREN = Path(__file__).parent
_MAX_SHOWN = 2000
_TAG = "__arc_sandbox_type__"


def run_seed_program(
    file: Path, root: Path, *, timeout_seconds: float = TIMEOUT_SECONDS
) -> object:
    """Run a `.py`, `.js`, `.mjs` or `.cjs` file and give its `{table: [rows]}`.

    It runs in the folder `root` with the interpreter of the sandbox, or with `node`;
    what it prints goes to standard error.

    Raises:
        SeedError: it fails, gives nothing, or is not done in time.
        RuntimeMissingError: it needs Node.js, which is not installed.
    """
    try:
        finished = subprocess.run(
            [*_command(file), str(file), str(root)],
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SeedError(
            f'The seed file "{file.name}" was not done after {timeout_seconds:g} s.',
            remedy="Let it give its rows without waiting for anything.",
        ) from error
    return _outcome(file, finished)


def _command(file: Path) -> list[str]:
    """Give the interpreter and the child's side for a kind of file."""
    if file.suffix == ".py":
        # -P keeps the app's folder, which may have a "sandbox", off the search path
        # until the child's own modules are imported.
        return [sys.executable, "-P", "-m", "sandbox.tables.seed_child"]
    node = shutil.which("node")
    if node is None:
        raise RuntimeMissingError(
            f'The seed file "{file.name}" needs "node", which is not on the PATH.',
            remedy="Install Node.js, or write the seeds as JSON or Python.",
        )
    return [node, str(_CHILDREN / "seed_child.mjs")]


def _outcome(file: Path, finished: "subprocess.CompletedProcess[bytes]") -> object:
    """Read what the child reports as its last line."""
    try:
        last = finished.stdout.splitlines()[-1]
        report = json.loads(last, parse_float=Decimal, object_hook=untag)
    except (ValueError, IndexError):
        report = None
    if isinstance(report, Mapping) and "rows" in report:
        return report["rows"]
    told = finished.stderr.decode(errors="replace").strip()[-_MAX_SHOWN:]
    problem = report["error"] if isinstance(report, Mapping) else None
    raise SeedError(
        (f"{told}\n" if told else "") + f'The seed file "{file.name}" failed: '
        f"{problem or f'it ended with exit code {finished.returncode}'}.",
        remedy="Mend it and save.",
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
