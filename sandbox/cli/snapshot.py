"""`arc-sandbox snapshot`: saves and loads start states of a running sandbox."""

import json
from pathlib import Path

import click

from sandbox.cli.options import cwd_option, format_option
from sandbox.cli.remote import find_sandbox
from sandbox.durations import spoken_offset


def _named(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    if not name:
        raise click.BadParameter("a snapshot has a name, such as signed-in.")
    return name


_name_argument = click.argument("name", callback=_named)


@click.group("snapshot")
def snapshot_command() -> None:
    """Save, load, list and delete named start states of the running sandbox.

    A snapshot holds every row of every table, and how far ahead the clock was. It is
    kept outside the app's folder until you delete it.
    """


@snapshot_command.command("save")
@_name_argument
@cwd_option
def save_command(name: str, cwd: Path) -> None:
    """Save rows and clock as NAME, replacing a snapshot of that name."""
    saved = find_sandbox(cwd).ask("PUT", "snapshots", name)
    click.echo(f'Saved "{name}": {_rows(saved["rows"])}.')


@snapshot_command.command("load")
@_name_argument
@cwd_option
def load_command(name: str, cwd: Path) -> None:
    """Bring back rows and clock as they were when NAME was saved."""
    loaded = find_sandbox(cwd).ask("POST", "snapshots", name, "load")
    click.echo(f'Loaded "{name}".')
    for warning in loaded["warnings"]:
        click.echo(f"Warning: {warning}", err=True)


@snapshot_command.command("list")
@cwd_option
@format_option
def list_command(cwd: Path, output_format: str) -> None:
    """List the snapshots."""
    found = find_sandbox(cwd).get("snapshots")["snapshots"]
    if output_format == "json":
        click.echo(json.dumps(found, indent=2))
        return
    if not found:
        click.echo("Nothing is saved. Save with arc-sandbox snapshot save NAME.")
    for one in found:
        clock = spoken_offset(one["clock_offset_seconds"])
        click.echo(f"{one['name']}  {one['saved']}  {_rows(one['rows'])}  {clock}")


@snapshot_command.command("delete")
@_name_argument
@cwd_option
def delete_command(name: str, cwd: Path) -> None:
    """Delete the snapshot NAME."""
    find_sandbox(cwd).ask("DELETE", "snapshots", name)
    click.echo(f'Deleted "{name}".')


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
