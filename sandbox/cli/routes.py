"""`arc-sandbox routes`: every route, and the function that answers it."""

import json
import os.path
from pathlib import Path

import click

from sandbox.cli.options import cwd_option, format_option
from sandbox.cli.project import load
from sandbox.project.model import Project

_COLUMNS = ("method", "path", "src", "runtime")


@click.command("routes")
@format_option
@cwd_option
def routes_command(output_format: str, cwd: Path) -> None:
    """List the app's routes: method, path, source folder and runtime."""
    project = load(cwd)
    rows = _rows(project)
    if output_format == "json":
        click.echo(
            json.dumps(
                [dict(zip(_COLUMNS, row, strict=True)) for row in rows], indent=2
            )
        )
    elif rows:
        click.echo(_aligned(rows))
    elif "plugins" in project.not_emulated:
        click.echo(
            "No routes but those that a plugin may add, which is not run.", err=True
        )
    else:
        click.echo("No routes. Add lines such as get / under @http.", err=True)


def _rows(project: Project) -> list[tuple[str, str, str, str]]:
    return [
        (
            route.method,
            route.path,
            Path(os.path.relpath(route.function.folder, project.root)).as_posix(),
            route.function.config.runtime,
        )
        for route in project.routes
    ]


def _aligned(rows: list[tuple[str, str, str, str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )
