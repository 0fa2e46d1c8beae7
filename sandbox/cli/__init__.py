"""The command line: one file a command, each imported only when it runs."""

import errno
import importlib
import io
import os
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import click

from sandbox import __version__
from sandbox.cli.collector import collector_paused
from sandbox.errors import (
    RAISE_FILE_LIMIT,
    SandboxError,
    WorldError,
    is_file_shortage,
)

COMMANDS: Mapping[str, tuple[str, str]] = {
    "start": ("sandbox.cli.start:start_command", "Run the app on this machine."),
    "init": (
        "sandbox.cli.init:init_command",
        "Create an app, or the handlers it lacks.",
    ),
    "invoke": ("sandbox.cli.invoke:invoke_command", "Run one function."),
    "check": ("sandbox.cli.check:check_command", "Show what will bite in the app."),
    "routes": ("sandbox.cli.routes:routes_command", "List the app's routes."),
    "sessions": ("sandbox.cli.sessions:sessions_command", "Show and change sessions."),
    "time": ("sandbox.cli.time:time_command", "Show or move the sandbox's clock."),
    "snapshot": (
        "sandbox.cli.snapshot:snapshot_command",
        "Save and load rows and clock by name.",
    ),
    "env": ("sandbox.cli.env:env_command", "List and set the app's variables."),
    "project": (
        "sandbox.cli.project:project_command",
        "Show what the sandbox makes of the folder.",
    ),
}
"""Where each command is, and its line in `--help`, which imports none of them."""
_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO))
"""What writing to an open file that takes no more comes to."""

_LAST_STANDARD_STREAM = 2


class LazyGroup(click.Group):
    """A click group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the commands' names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command called `cmd_name`; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        with collector_paused():
            command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; suggest a name where there is none such, as click does."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            # Only whoever has mistyped waits for it.
            from difflib import get_close_matches

            close = get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            ctx.fail(f"No such command '{name}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the program; what the machine has no more of is told, not traced.

        click itself is quiet where nobody reads any more.
        """
        _open_standard_streams()
        _show_every_character()
        try:
            return super().main(*args, **extra)
        except OSError as error:
            _refuse(_shortage(error))
        finally:
            _forget_unwritten()

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the sandbox says no to is told without a traceback."""
        try:
            return super().invoke(ctx)
        except SandboxError as error:
            _refuse(error)


def _open_standard_streams() -> None:
    """Lead to nowhere what a service or a container has started this closed.

    Else the next socket would be standard input, and be lost to a worker's own.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= _LAST_STANDARD_STREAM:
        os.set_inheritable(number, True)  # noqa: FBT003 - positional only
    os.close(number)
    if sys.stdout is None:  # it was closed as Python began
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def _show_every_character() -> None:
    """Write what the terminal's encoding lacks as its escape, as errors are anyway."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _shortage(error: OSError) -> WorldError:
    """Say what the machine ran out of; raises any other error again."""
    if is_file_shortage(error):
        return WorldError(
            f"No more files can be opened: {error.strerror}.", remedy=RAISE_FILE_LIMIT
        )
    if error.errno not in _FULL or error.filename is not None:
        raise error
    _drop_output()
    return WorldError(
        f"The output cannot be written: {error.strerror}.",
        remedy="Make room, or send it elsewhere.",
    )


def _forget_unwritten() -> None:
    """Let go of output that failed before: it was told then, or passed over."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()


def _drop_output() -> None:
    """Lead standard output nowhere: Python would write what is left of it at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _refuse(error: SandboxError) -> NoReturn:
    click.echo(str(error), err=True)
    sys.exit(error.exit_code)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["--help"], "max_content_width": 88},
)
@click.version_option(
    __version__, prog_name="arc-sandbox", message="%(prog)s %(version)s (Python)"
)
def main() -> None:
    """Run Architect (arc.codes) apps on your own machine, sessions included."""
