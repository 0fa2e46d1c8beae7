"""Runs the commands of `@sandbox-start`, once everything answers."""

import errno
import json
import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress

import click

from sandbox.cli.console import Console
from sandbox.cli.progress import telling
from sandbox.errors import WorldError
from sandbox.json_value import as_plain_json
from sandbox.project.architect_inventory import architect_inventory
from sandbox.project.model import Preferences, Project
from sandbox.sandbox import Sandbox
from sandbox.workers.environment import command_environment
from sandbox.workers.reaping import kill_group

_PRAGMAS = ("sandbox-start", "sandbox-startup")
"""The second is Architect's older word."""
_LOOK_SECONDS = 0.1
"""How often it is asked whether somebody wants to end."""
_GRACE_SECONDS = 2.0
"""What a command has to end by itself then."""


def run_startup_commands(
    sandbox: Sandbox,
    console: Console,
    *,
    shell: Mapping[str, str],
    stop: threading.Event,
) -> None:
    """Run each command in the app's folder, one after another, and show its output.

    They see the shell's variables and the functions' own, and ARC_INV and ARC_RAW: the
    inventory and the manifest's syntax tree, as JSON.

    Args:
        sandbox: it is running.
        console: where the output goes.
        shell: the environment of this process.
        stop: set where somebody wants to end; the command is ended then, and what is
            left is not run.

    Raises:
        WorldError: a command fails.
    """
    project = sandbox.project
    commands = startup_commands(project.preferences)
    if not commands:
        return
    environment = {
        **command_environment(
            project, ports=sandbox.ports, stage=sandbox.stage, shell=shell
        ),
        "ARC_INV": json.dumps(as_plain_json(architect_inventory(project))),
        "ARC_RAW": json.dumps(as_plain_json(project.parsed)),
    }
    for command in commands:
        with telling(f"Running {command} …", write=console.write_aside):
            exit_code, output = _run(command, project, environment, stop)
        if stop.is_set():
            return
        if exit_code:
            raise _failure(command, exit_code, output)
        lines = [f"{click.style('ran', fg='green')} {command}", *output.splitlines()]
        if not console.is_quiet:
            console.write("\n    ".join(lines))


def startup_commands(preferences: Preferences) -> tuple[str, ...]:
    """Give the commands of the preferences, in order."""
    for pragma in _PRAGMAS:
        found = preferences.settings.get(pragma)
        if isinstance(found, list | tuple):
            return tuple(command for command in found if isinstance(command, str))
    return ()


def _run(
    command: str,
    project: Project,
    environment: Mapping[str, str],
    stop: threading.Event,
) -> tuple[int, str]:
    try:
        process = subprocess.Popen(  # noqa: S602 - the developer's own line for a shell
            command,
            shell=True,
            cwd=project.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except ValueError as error:  # a NUL where none may be
        raise _cannot_run(command, f"{error}") from error
    except OSError as error:
        is_long = error.errno == errno.E2BIG
        raise _cannot_run(command, f"{error.strerror}", is_long=is_long) from error
    with process:
        output = _wait_output(process, stop)
    return process.returncode, output.decode(errors="replace").rstrip()


def _cannot_run(command: str, why: str, *, is_long: bool = False) -> WorldError:
    return WorldError(
        f'The command "{command}" of @sandbox-start cannot run: {why}.',
        remedy="The inventory may be too long for a variable (ARC_INV)."
        if is_long
        else "Look at the command, and at the app's variables.",
    )


def _wait_output(process: subprocess.Popen[bytes], stop: threading.Event) -> bytes:
    """Wait until it ends, or is ended with all it started as nobody waits any more."""
    while not stop.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=_LOOK_SECONDS)[0]
    with suppress(ProcessLookupError, PermissionError):  # it has ended by itself
        os.killpg(process.pid, signal.SIGTERM)
    try:
        return process.communicate(timeout=_GRACE_SECONDS)[0]
    except subprocess.TimeoutExpired:
        kill_group(process.pid)
        return b""


def _failure(command: str, exit_code: int, output: str) -> WorldError:
    how = f"exit code {exit_code}" if exit_code > 0 else f"signal {-exit_code}"
    return WorldError(
        f'The command "{command}" of @sandbox-start ended with {how}.'
        + (f"\n{output}\n" if output else ""),
        remedy="Fix it, or remove it from the preferences.",
    )
