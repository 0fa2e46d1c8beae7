"""`arc-sandbox env`: list, add and remove the app's own variables, by stage.

As the documented `arc env` does for testing; for the other stages nothing is uploaded.
"""

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import click

from sandbox.cli.options import cwd_option
from sandbox.cli.shell import home_folder
from sandbox.errors import WorldError, writing_remedy
from sandbox.project.advice import ARCHITECT_NAMES, LAMBDA_NAMES
from sandbox.project.dotenv_editing import remove_from_dotenv, set_in_dotenv
from sandbox.project.load import load_project
from sandbox.project.model import STAGES, Project, Stage
from sandbox.project.preferences import DOTENV_FILE, PREFERENCES_FILES
from sandbox.project.preferences_editing import (
    remove_from_preferences,
    set_in_preferences,
)

NEW_PREFERENCES = "prefs.arc"
_NAME = re.compile(r"[a-zA-Z0-9_]+")


@click.command("env")
@click.option("-e", "--env", "stage", type=click.Choice(STAGES), help="The stage.")
@click.option("-a", "--add", is_flag=True, help="Set NAME to VALUE.")
@click.option("-r", "--remove", is_flag=True, help="Remove NAME.")
@cwd_option
@click.argument("words", nargs=-1, metavar="[NAME [VALUE]]")
def env_command(
    *, stage: str | None, add: bool, remove: bool, cwd: Path, words: tuple[str, ...]
) -> None:
    """List the app's own variables; set one with -a, remove one with -r.

    For example: arc-sandbox env -e testing -a ARC_SESSION_TABLE_NAME sessions

    Variables of testing are kept in .env where there is one, else in prefs.arc; those
    of staging and production in prefs.arc. Nothing is ever uploaded to AWS.
    """
    if add and remove:
        raise click.UsageError("-a and -r are both given. Choose one of them.")
    if not (add or remove):
        if words:
            raise click.UsageError(f'"{words[0]}" is given without -a or -r.')
        click.echo(_listing(_load(cwd), stage))
        return
    if stage is None:
        raise click.UsageError("The stage is not given. Add -e testing.")
    _change(cwd, cast(Stage, stage), words, is_removal=remove)


def _change(
    folder: Path, stage: Stage, words: tuple[str, ...], *, is_removal: bool
) -> None:
    expected = 1 if is_removal else 2
    if len(words) != expected:
        usage = "-r NAME" if is_removal else '-a NAME "the value"'
        raise click.UsageError(f"{len(words)} words are given. Write {usage}.")
    before = _load(folder)
    file = _file_of(folder, stage)
    if is_removal:
        _remove(file, stage, words[0], before)
    else:
        _check_name(words[0])
        _set(file, stage, *words)
    _tell_hidden(before, _load(folder), stage, words[0])
    if stage != "testing":
        _tell_not_uploaded(folder, stage)


def _set(file: Path, stage: Stage, name: str, value: str) -> None:
    def edit(text: str) -> str:
        if file.name == DOTENV_FILE:
            return set_in_dotenv(text, name, value)
        return set_in_preferences(text, stage, name, value, file=file.name)

    edit_file(file, edit)
    click.echo(f'Set "{name}" for {stage} in {file.name}.')


def _remove(file: Path, stage: Stage, name: str, project: Project) -> None:
    def edit(text: str) -> str:
        if file.name == DOTENV_FILE:
            return remove_from_dotenv(text, name)
        return remove_from_preferences(text, stage, name, file=file.name)

    if not edit_file(file, edit):
        known = ", ".join(sorted(project.preferences.environment.get(stage, {})))
        raise click.UsageError(
            f'"{name}" is not set for {stage} in {file.name}. Variables set there: '
            f"{known or 'none'}."
        )
    click.echo(f'Removed "{name}" for {stage} from {file.name}.')


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise click.UsageError(
            f'"{name}" is not the name of a variable. Use letters, digits and '
            "underscores."
        )
    if name in ARCHITECT_NAMES:
        raise click.UsageError(
            f'"{name}" is set by Architect itself, and functions would never see '
            "another value. Give the variable another name."
        )
    if name in LAMBDA_NAMES:
        raise click.UsageError(
            f'"{name}" is reserved: Lambda refuses a function that sets it. Give the '
            "variable another name."
        )


def edit_file(path: Path, edit: Callable[[str], str]) -> bool:
    """Replace a file's text at one stroke, its mode kept; tell whether it changed.

    A file that is not there reads as empty, and is made; a link stays a link.

    Raises:
        WorldError: the file cannot be read or written.
    """
    target = path.resolve()
    try:
        former = target.read_bytes().decode() if target.exists() else ""
        text = edit(former)
        if text == former:
            return False
        _replace(target, text.encode())
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        remedy = "It must be a text file in UTF-8 that you may write."
        raise WorldError(
            f'"{path}" cannot be changed: {reason}.',
            remedy=writing_remedy(error, remedy),
        ) from error
    return True


def _replace(target: Path, content: bytes) -> None:
    # mkstemp makes it readable for its owner alone, which suits new files too: what
    # they hold may be a secret.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.")
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            partial.chmod(target.stat().st_mode)
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _load(folder: Path) -> Project:
    return load_project(folder, home=home_folder(), environ=os.environ)


def _file_of(folder: Path, stage: Stage) -> Path:
    if stage == "testing" and (folder / DOTENV_FILE).exists():
        return folder / DOTENV_FILE
    present = (name for name in PREFERENCES_FILES if (folder / name).exists())
    return folder / next(present, NEW_PREFERENCES)


def _listing(project: Project, stage: str | None) -> str:
    blocks = [
        _stage_lines(name, project.preferences.environment.get(name, {}))
        for name in STAGES
        if stage in (None, name)
    ]
    return "\n\n".join(blocks)


def _stage_lines(stage: Stage, variables: Mapping[str, str]) -> str:
    if not variables:
        return f"{stage}: none"
    width = max(map(len, variables))
    lines = [f"  {name:<{width}}  {value}" for name, value in variables.items()]
    return "\n".join([f"{stage}:", *lines])


def _tell_hidden(before: Project, after: Project, stage: Stage, name: str) -> None:
    """Warn of variables that the change has hidden: those of the home folder."""
    for each in STAGES:
        then = before.preferences.environment.get(each, {})
        now = after.preferences.environment.get(each, {})
        lost = sorted(set(then) - set(now) - ({name} if each == stage else set()))
        if lost:
            click.echo(
                f"Hidden for {each} now: {', '.join(lost)}. The @env of the project "
                "stands in place of the one in your home folder.",
                err=True,
            )


def _tell_not_uploaded(folder: Path, stage: Stage) -> None:
    click.echo(
        f"Nothing was uploaded: the sandbox uses it with ARC_ENV={stage}, and AWS does "
        f'not know it. "npx arc env -e {stage}" sets it there.'
    )
    if (folder / DOTENV_FILE).exists():
        click.echo(
            f"Beside .env it stays unused: that file stands in place of all of @env. "
            f"Move its variables to {NEW_PREFERENCES} to use both.",
            err=True,
        )
