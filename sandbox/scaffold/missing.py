"""Which handlers a project still lacks, and the files that would be them.

Reads the disk; `write_new` alone writes to it, and never over anything.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import AppError, WorldError, writing_remedy
from sandbox.project.model import Function, Preferences, Project
from sandbox.project.runtimes import HANDLER_FILES
from sandbox.scaffold.handlers import KNOWN_LANGUAGES, handler_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The handlers that a project lacks."""

    files: Mapping[Path, str]
    """Texts by absolute path."""
    unknown: tuple[Function, ...]
    """Functions of runtimes that nothing can be written for."""


def missing_handlers(project: Project, *, home: Path | None) -> Missing:
    """Find functions without a handler, and give a first one for each.

    A template that the preferences name for a pragma (`@create templates`) comes before
    the text that is known here, where it has the handler's kind of file.

    Args:
        project: the app.
        home: what `~` stands for in a template's path.

    Raises:
        AppError: a template is named that is not there.
    """
    lacking = [f for f in project.functions if _lacks_handler(f, project)]
    texts: dict[Path, str] = {}
    unknown = []
    for function in lacking:
        template = _template(function, project, home)
        if template is not None:
            texts.setdefault(function.handler_file, template)
        elif function.language in KNOWN_LANGUAGES:
            text = handler_text(function, is_module=_is_module)
            texts.setdefault(function.handler_file, text)
        else:
            unknown.append(function)
    return Missing(files=texts, unknown=tuple(unknown))


def wants_handlers(preferences: Preferences) -> bool:
    """Tell whether missing handlers are to be made at start (`@create autocreate`)."""
    return bool(_create(preferences).get("autocreate"))


def write_new(path: Path, text: str, *, mode: int = 0o666) -> bool:
    """Write a file that is not there yet, with its folders; False where one is there.

    Raises:
        WorldError: the system refuses; the file is not there.
    """
    if path.exists():
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode, exist_ok=False)
        _fill(path, text)
    except OSError as error:
        raise WorldError(
            f'"{path}" cannot be written: {error.strerror}.',
            remedy=writing_remedy(error, "Choose a folder that you may write to."),
        ) from error
    return True


def _fill(path: Path, text: str) -> None:
    """Write a file that has just been made; what is there in part would stay so."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        path.unlink()
        raise


def _lacks_handler(function: Function, project: Project) -> bool:
    folder = function.folder
    names = (function.handler_file.name, *HANDLER_FILES)
    return folder.is_relative_to(project.root) and not any(
        (folder / name).exists() for name in names
    )


def _template(function: Function, project: Project, home: Path | None) -> str | None:
    """Give the developer's own template for a function, or None."""
    templates = _create(project.preferences).get("templates")
    named = templates.get(function.pragma) if isinstance(templates, Mapping) else None
    if not isinstance(named, str):
        return None
    path = project.root / named
    if named.startswith("~/") and home is not None:
        path = home / named[2:]
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AppError(
            f'@create templates names "{named}" for @{function.pragma}, which cannot '
            f"be read: {error.strerror}.",
            remedy="Write a path from the app's folder, or one that begins with ~/.",
        ) from error
    return text if path.suffix == function.handler_file.suffix else None


def _create(preferences: Preferences) -> Mapping[str, object]:
    found = preferences.settings.get("create")
    return found if isinstance(found, Mapping) else {}


def _is_module(file: Path) -> bool:
    """Tell whether Node takes a `.js` file for an ES module (its docs, "Packages")."""
    for package in _packages(file):
        try:
            parsed = json.loads(package.read_bytes())
        except (OSError, ValueError):
            return False
        return isinstance(parsed, dict) and parsed.get("type") == "module"
    return False


def _packages(file: Path) -> Iterator[Path]:
    return (
        folder / "package.json"
        for folder in file.parents
        if (folder / "package.json").is_file()
    )
