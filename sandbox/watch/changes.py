"""Takes changes on disk and the project; gives what the sandbox should do about them.

Correctness never hangs on this: before each request the project's and the workers'
files are compared with the disk. A reaction is only eager: it warms new code, shows an
error as soon as it is saved, and refreshes open pages.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sandbox.project.model import Function, Project

IGNORED_FOLDERS = frozenset(
    {
        "__pycache__",
        "node_modules",
        ".git",
        ".hg",
        ".svn",
        ".idea",
        ".vscode",
        ".venv",
        "venv",
        ".tox",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
    }
)
"""Folders whose content no handler is edited in; they are not watched either."""

EDITOR_LEFTOVERS = (
    *(".swp", ".swx", ".swo", "~", ".tmp", ".pyc", ".pyo"),
    *("___jb_tmp___", "___jb_old___"),
)
"""Ends of names that editors and interpreters write beside the file that was saved."""

PROGRAM_OUTPUT = (
    ".log",
    ".pid",
    ".db",
    ".sqlite",
    ".sqlite3",
    "-journal",
    "-wal",
    "-shm",
)
"""Ends of names that running programs write to; a handler that does would have the page
reloaded that it has just made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file that appeared, was written, or went."""

    path: Path
    kind: Literal["added", "modified", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a set of changes asks for."""

    reload_project: bool = False
    """A manifest, preferences, `.env` or function configuration may differ."""
    functions: tuple[Function, ...] = ()
    """Functions whose own files differ, in the project's order."""
    sharing: tuple[Function, ...] = ()
    """Other functions: those that see the shared code or views that differ."""
    assets: tuple[Path, ...] = ()
    """Static files that differ."""
    other_code: bool = False
    """A file outside every function differs, which any of them may have loaded."""


def is_ignored(path: Path, root: Path) -> bool:
    """Tell whether a change of `path` can concern no one."""
    if not path.is_relative_to(root):
        return True
    parts = path.relative_to(root).parts
    if not parts:
        return True
    name = parts[-1]
    return (
        any(part in IGNORED_FOLDERS for part in parts)
        or name.endswith((*EDITOR_LEFTOVERS, *PROGRAM_OUTPUT))
        or name.startswith((".#", "#", ".coverage"))
        or name == "4913"  # what Vim creates to see whether it may write here
    )


def without_passing(
    changes: Iterable[Change], *, is_there: Callable[[Path], bool]
) -> tuple[Change, ...]:
    """Leave out files that came and went within one save.

    Editors and `sed -i` write a file of another name, which takes the place of the old
    one. Taken for files of the app, they had pages load again for a style sheet.
    """
    found = tuple(changes)
    added = {change.path for change in found if change.kind == "added"}
    passing = {path for path in added if not is_there(path)}
    return tuple(change for change in found if change.path not in passing)


def classify(changes: Iterable[Change], project: Project) -> Reaction:
    """Give the reaction to `changes`, the project being as it was before them.

    Those that are to be ignored are left out by whoever sees them (`Watcher.add`).
    """
    paths = [change.path for change in changes]
    sources = set(project.source_files)
    owners: set[str] = set()
    sharers: set[str] = set()
    assets: list[Path] = []
    other_code = False
    for path in paths:
        if path in sources:
            continue
        if project.static and path.is_relative_to(project.static.folder):
            assets.append(path)
            continue
        owning = _keys_of_owners(path, project)
        sharing = _keys_of_sharers(path, project)
        owners |= owning
        sharers |= sharing
        other_code = other_code or not (owning or sharing)
    return Reaction(
        reload_project=any(path in sources for path in paths),
        functions=tuple(f for f in project.functions if f.key in owners),
        sharing=tuple(f for f in project.functions if f.key in sharers - owners),
        assets=tuple(dict.fromkeys(assets)),
        other_code=other_code,
    )


def _keys_of_owners(path: Path, project: Project) -> set[str]:
    return {f.key for f in project.functions if path.is_relative_to(f.folder)}


def _keys_of_sharers(path: Path, project: Project) -> set[str]:
    if project.shared_folder and path.is_relative_to(project.shared_folder):
        return {f.key for f in project.functions if f.config.shared}
    if project.views_folder and path.is_relative_to(project.views_folder):
        return {f.key for f in project.functions if f.config.views}
    return set()
