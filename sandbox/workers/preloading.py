"""What the nursery should import: takes source files, gives names of packages.

Only what the app's own code names is imported ahead, so that an app without AWS calls
does not pay botocore's memory.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from sandbox.project.model import Function, Project

PRELOADABLE = frozenset(("arc", "boto3", "botocore"))

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(\w+)|import[ \t]+([^#\n;]+))", re.MULTILINE
)
_WORD = re.compile(rb"\w+")
_FILES_LOOKED_AT = 50


def wanted_by(function: Function, project: Project) -> frozenset[str]:
    """Give the preloadable packages that a function's own code seems to import."""
    folders = [function.folder]
    if function.config.shared and project.shared_folder:
        folders.append(project.shared_folder)
    if function.config.views and project.views_folder:
        folders.append(project.views_folder)
    return _named_in(_sources(folders))


def wanted_by_all(project: Project) -> frozenset[str]:
    """Give what any Python function of the project seems to import."""
    wanted: set[str] = set()
    for function in project.functions:
        if function.language == "python" and wanted != PRELOADABLE:
            wanted |= wanted_by(function, project)
    return frozenset(wanted)


def is_shadowed(folder: Path, modules: frozenset[str]) -> bool:
    """Tell whether a function brings a module that a forked worker has imported.

    Such a function needs an interpreter of its own, or it would get the installed one.
    """
    names = (name for place in (folder, folder / "vendor") for name in _names(place))
    return not modules.isdisjoint(names)


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name.partition(".")[0] for entry in folder.iterdir()]
    except OSError:
        return []


def _sources(folders: Iterable[Path]) -> list[Path]:
    files = [file for folder in folders for file in folder.glob("*.py")]
    return files[:_FILES_LOOKED_AT]


def _named_in(files: Iterable[Path]) -> frozenset[str]:
    names: set[str] = set()
    for file in files:
        try:
            source = file.read_bytes()
        except OSError:
            continue
        for found in _IMPORT.finditer(source):
            names.update(word.decode() for word in _WORD.findall(found[1] or found[2]))
    return frozenset(names) & PRELOADABLE
