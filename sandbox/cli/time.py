"""`arc-sandbox time`: shows a running sandbox's clock, and moves it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sandbox.cli.options import cwd_option, format_option
from sandbox.cli.remote import find_sandbox
from sandbox.json_value import JsonValue

_ACTIONS = ("advance", "set", "reset")


@click.command("time", context_settings={"ignore_unknown_options": True})
@click.argument("action", type=click.Choice(_ACTIONS), required=False)
@click.argument("value", required=False)
@cwd_option
@format_option
def time_command(
    action: str | None, value: str | None, cwd: Path, output_format: str
) -> None:
    """Show or move the clock of the running sandbox.

    \b
    arc-sandbox time                  shows it
    arc-sandbox time advance 8d       90s, 15m, 8h, 2w, 1d12h; -1d goes back
    arc-sandbox time set 2027-01-01   or 2027-01-01T12:00:00+02:00
    arc-sandbox time reset            gives real time again

    Rows and sessions expire by this clock, and handlers read it.
    """  # noqa: D301 (click looks for the character, not for a backslash)
    if action is None:
        clock = find_sandbox(cwd).get("clock")
    else:
        body = _move(action, value)
        clock = find_sandbox(cwd).ask("POST", "clock", body=body)
    if output_format == "json":
        click.echo(json.dumps(clock, indent=2))
    else:
        _show(clock)


def _move(action: str, value: str | None) -> Mapping[str, JsonValue]:
    if action == "reset":
        if value is not None:
            raise click.UsageError(f'reset takes no value, but was given "{value}".')
        return {"reset": True}
    if value is None:
        example = "8d" if action == "advance" else "2027-01-01"
        raise click.UsageError(f"{action} takes a value, such as {example}.")
    return {action: value}


def _show(clock: Mapping[str, Any]) -> None:
    click.echo(clock["spoken"])
    for warning in clock["warnings"]:
        click.echo(f"Warning: {warning}", err=True)
