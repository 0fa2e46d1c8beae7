"""`arc-sandbox init`: a new app, or the handlers that an app still lacks."""

import os
import secrets
import shlex
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import click

from sandbox.cli.project import tell_warnings
from sandbox.cli.shell import home_folder
from sandbox.project.load import load_project
from sandbox.project.model import Function, Project
from sandbox.project.runtimes import known
from sandbox.scaffold.missing import missing_handlers, write_new
from sandbox.scaffold.new_app import app_name, new_app_files, sandbox_requirement

SECRET_BYTES = 32
_PRIVATE_MODE = 0o600
_PRIVATE = ".env"


@click.command("init")
@click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), default=Path()
)
@click.option("--name", help="The app's name.  [default: the folder's]")
@click.option("--dry-run", is_flag=True, help="Only list what would be created.")
def init_command(*, folder: Path, name: str | None, dry_run: bool) -> None:
    """Create an app in FOLDER, or the handlers that the app there lacks.

    A new app has a page, a session kept in a table, and a test of both. In an app of
    yours, only missing handlers are created, in Python or Node, from the `@create
    templates` of your preferences where you name some. No file is ever overwritten.
    """
    root = folder.resolve()
    if not str(root).isascii():
        raise click.BadParameter(
            f'"{root}" is not plain ASCII, and Architect deploys no such folder. '
            "Choose one with an ASCII name.",
            param_hint="FOLDER",
        )
    project = (
        load_project(root, home=home_folder(), environ=os.environ)
        if root.is_dir()
        else None
    )
    if project is not None and project.manifest_file is not None:
        _complete(project, name=name, is_dry_run=dry_run)
        return
    files = new_app_files(
        name=_checked_name(name) if name else app_name(root.name),
        runtime=python_runtime(),
        secret=secrets.token_urlsafe(SECRET_BYTES),
        sandbox=sandbox_requirement(_origin()),
    )
    texts = {root / path: text for path, text in files.items()}
    _create(texts, root, is_dry_run=dry_run)
    if not dry_run:
        _tell_next_steps(folder)


def _origin() -> str | None:
    """Give what pip has noted of where arc-sandbox came from, if it has."""
    try:
        return metadata.distribution("arc-sandbox").read_text("direct_url.json")
    except metadata.PackageNotFoundError:  # it runs from its source, uninstalled
        return None


def _complete(project: Project, *, name: str | None, is_dry_run: bool) -> None:
    """Create the handlers that an app lacks."""
    if name:
        raise click.BadParameter(
            f'"{project.root}" has an app already. Its name stands in its manifest.',
            param_hint="--name",
        )
    tell_warnings(project)
    missing = missing_handlers(project, home=home_folder())
    _create(missing.files, project.root, is_dry_run=is_dry_run)
    _tell_unknown(missing.unknown)


def python_runtime() -> str:
    """Give the Lambda runtime of this Python, or the newest where there is none."""
    own = f"python3.{sys.version_info.minor}"
    pythons = [name for name in known() if name.startswith("python3.")]
    return own if own in pythons else max(pythons, key=lambda n: int(n.split(".")[1]))


def _checked_name(name: str) -> str:
    if app_name(name) != name:
        raise click.BadParameter(
            f'"{name}" cannot be a name for @app. Try "{app_name(name)}".',
            param_hint="--name",
        )
    return name


def _create(files: Mapping[Path, str], root: Path, *, is_dry_run: bool) -> None:
    if not files:
        click.echo("Every handler is there: nothing to create.")
    for path, text in files.items():
        is_new = not path.exists()
        if not is_dry_run:
            mode = _PRIVATE_MODE if path.name == _PRIVATE else 0o666
            is_new = write_new(path, text, mode=mode)
        verb = "would create" if is_dry_run else "created"
        click.echo(f"  {verb if is_new else 'kept':<12} {path.relative_to(root)}")


def _tell_unknown(functions: tuple[Function, ...]) -> None:
    for function in functions:
        click.echo(
            f'No handler is known for "{function.config.runtime}", the runtime of '
            f'"{function.name}": write it by hand in "{function.folder}".',
            err=True,
        )


def _tell_next_steps(folder: Path) -> None:
    steps = ["pip install -r requirements.txt", "arc-sandbox start", "pytest"]
    if folder != Path():
        steps.insert(0, f"cd {shlex.quote(str(folder))}")
    click.echo("\nNext:")
    for step in steps:
        click.echo(f"  {step}")
