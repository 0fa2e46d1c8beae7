"""A function's files, as imports lead from one to the next → what else it loads."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sandbox.errors import SourceLocation
from sandbox.project.model import Function, Project
from sandbox.wiring.imports import ImportReader

MOST_FILES_FOLLOWED = 400
"""Of a function, so that a very large one costs no more than a large one."""

FilesOf: TypeAlias = Callable[[str, Path], Sequence[Path] | None]
"""The app's own files that a name leads to from a file; None leads out of the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """An import that leads out of the app, and the file that has it."""

    name: str
    file: Path
    line: int
    is_handed_on: bool
    """As of `Import`."""


def outside_imports(
    start: Path, reader: ImportReader, files_of: FilesOf
) -> Iterator[Outside]:
    """Give what a file loads from elsewhere, by itself or by files of the app."""
    seen, ahead = {start}, [start]
    while ahead:
        file = ahead.pop()
        for one in reader.imports_of(file):
            files = files_of(one.name, file)
            if files is None:
                yield Outside(
                    name=one.name,
                    file=file,
                    line=one.line,
                    is_handed_on=one.is_handed_on,
                )
                continue
            new = [path for path in files if path not in seen]
            if len(seen) + len(new) <= MOST_FILES_FOLLOWED:
                seen.update(new)
                ahead += new


def place_of(found: Outside, project: Project) -> SourceLocation:
    """Give where an import stands, for people."""
    return SourceLocation(file=project.shown(found.file), line=found.line)


def may_lack_packages(function: Function, project: Project) -> bool:
    """Tell whether `arc deploy` decides by the function's folder what it installs.

    A layer may have anything; in the project's own folder nothing is installed.
    """
    has_layers = bool(function.config.settings.get("layers"))
    return function.folder != project.root and not has_layers


def is_hydrated(function: Function) -> bool:
    """Tell whether packages are looked for in the code (`hydrate false`: not)."""
    return function.config.settings.get("hydrate") is not False
