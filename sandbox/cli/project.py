"""`arc-sandbox project`: what the sandbox makes of an app's folder."""

import json
import os
from pathlib import Path

import click

from sandbox.cli.options import cwd_option, format_option
from sandbox.cli.shell import home_folder
from sandbox.json_value import JsonValue, as_plain_json
from sandbox.project.functions import PACKAGE_FILE
from sandbox.project.load import load_project
from sandbox.project.model import Project


def load(folder: Path) -> Project:
    """Load the project of a folder, and print its warnings on standard error."""
    project = load_project(folder, home=home_folder(), environ=os.environ)
    tell_warnings(project)
    return project


def tell_warnings(project: Project) -> None:
    """Print what is wrong in a project, but not too wrong, on standard error."""
    for warning in (*project.warnings, *project.preferences.problems):
        click.echo(f"Warning: {warning}", err=True)


@click.command("project")
@format_option
@cwd_option
def project_command(output_format: str, cwd: Path) -> None:
    """Show what the sandbox makes of an app's folder."""
    project = load(cwd)
    if output_format == "json":
        click.echo(json.dumps(as_plain_json(_report(project)), indent=2))
    else:
        click.echo(_as_text(project))


def _report(project: Project) -> dict[str, JsonValue]:
    """Give the syntax tree and the inventory; a package.json has no tree to show."""
    file = project.manifest_file
    has_tree = file is not None and file.name != PACKAGE_FILE
    return {
        "parser": project.parsed if has_tree else None,
        "inventory": project.inventory,
    }


def _as_text(project: Project) -> str:
    manifest = project.manifest_file.name if project.manifest_file else "none"
    facts = {
        "app": project.name,
        "manifest": manifest,
        "api": project.api_type,
        "region": project.region,
        "routes": len(project.routes),
        "functions": len(project.functions),
        "tables": ", ".join(table.name for table in project.tables) or "none",
        "root": project.root_handler or "nobody",
        "not emulated": ", ".join(f"@{p}" for p in project.not_emulated) or "none",
    }
    width = max(map(len, facts))
    return "\n".join(f"{name:<{width}}  {fact}" for name, fact in facts.items())
