"""Collects what advice needs to know beside the manifest; only reads the disk.

A few directory listings and small files: no package is imported to learn its version.
"""

import os.path
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SeedError, SourceLocation
from sandbox.exchange import Unavailable
from sandbox.options import Options, resolve
from sandbox.project.advice import Surroundings
from sandbox.project.dotenv import with_plain_line_ends
from sandbox.project.model import Function, Project, Stage
from sandbox.project.places import dotenv_places, preferences_places
from sandbox.project.preferences import DOTENV_FILE, PREFERENCES_FILES
from sandbox.project.static import DEFAULT_FOLDER
from sandbox.sessions.settings import Helper
from sandbox.tables.seeds import seed_file
from sandbox.wiring.node_dependencies import node_left_behind
from sandbox.wiring.node_packages import package_member
from sandbox.wiring.python_dependencies import REQUIREMENTS_FILE, PythonDependencies
from sandbox.wiring.remembered import Remembered
from sandbox.workers.environment import Ports, function_environment
from sandbox.workers.languages import handler_file_of, language_of

MOST_FILES_READ = 400
"""So that a very large app costs no more than a large one."""

_NO_PORTS = Ports(http=0, tables=None, internal=0, events=0)
_ARC_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+arc\b|import[ \t]+(?:[\w., \t]*[, \t])?arc\b)", re.MULTILINE
)
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)
_DIST_INFO = re.compile(r"architect_functions-([^-]+)\.dist-info", re.IGNORECASE)
_NODE_SOURCES = (".js", ".mjs", ".cjs")
_NODE_HELPER = b"@architect/functions"
_SESSION_STORES = ("@remix-run/architect", "@react-router/architect")
"""Adapters whose `createArcTableSessionStorage` takes a table with the key `_idx`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of the app's code, as it was read."""

    path: Path
    text: bytes


def collect_surroundings(
    project: Project,
    options: Options,
    *,
    known: Remembered | None = None,
    python_path: Sequence[str] | None = None,
) -> Surroundings:
    """Look around a project; takes milliseconds.

    Args:
        project: whose folder is looked at.
        options: decide the stage, and with it whose variables count.
        known: what was read when this was asked before.
        python_path: where installed packages are looked for; `sys.path` by default.

    Raises:
        ProjectError: a preference that no sandbox could start with.
    """
    settings = resolve(options, project.preferences)
    stage = settings.stage
    python = _functions_of(project, "python")
    imports = tuple(_arc_imports(project, python))
    installed = sys.path if python_path is None else python_path
    known = known or Remembered()
    packages = PythonDependencies(project, known, installed)
    return Surroundings(
        environment=seen_environment(project, options),
        places=variable_places(project, stage=stage),
        stage=stage,
        python_version=sys.version_info[:2] if python else None,
        pypi_helper=_first(
            pypi_helper(function, installed) for function in python if imports
        ),
        npm_helper=_first(
            npm_helper(function, project)
            for function in _functions_of(project, "nodejs")
        ),
        npm_session_store=_npm_session_store(project.root),
        arc_imports=imports,
        requirements=frozenset(_requirements(project, python)),
        left_behind=(
            *packages.left_behind(),
            *node_left_behind(project, known.imports),
        ),
        unlisted=tuple(packages.unlisted()),
        without_handler=tuple(_without_handler(project)),
        not_run=tuple(_not_run(project)),
        without_seeds=_without_seeds(project) if settings.serves_tables else None,
        without_static=_without_static(project),
    )


def seen_environment(project: Project, options: Options) -> Mapping[str, str]:
    """Give what functions see, ports apart; empty where the app has no function.

    What counts is what `Project.usual_function` sees.

    Raises:
        ProjectError: a preference that no sandbox could start with.
    """
    function = project.usual_function
    if function is None:
        return {}
    return function_environment(
        function,
        project,
        ports=_NO_PORTS,
        stage=resolve(options, project.preferences).stage,
        shell=options.shell,
        own=options.environment,
    )


def variable_places(project: Project, *, stage: Stage) -> dict[str, SourceLocation]:
    """Find where the developer's variables are set, in `.env` or the preferences."""
    text = _read_text(project.root / DOTENV_FILE)
    if text is not None:
        found = dotenv_places(text, file=DOTENV_FILE)
        return found if stage == "testing" else {}
    for name in PREFERENCES_FILES:
        text = _read_text(project.root / name)
        if text is not None:
            return preferences_places(text, file=name, stage=stage)
    return {}


def pypi_helper(function: Function, installed: Sequence[str]) -> str | None:
    """Give the version of `architect-functions` that a function imports as `arc`.

    None where it would get another package of that name, or the sandbox's own.
    """
    own = (function.folder, function.folder / "vendor")
    for folder in own:
        if (folder / "arc").is_dir():
            return _first(_versions_in((folder,)))
    return _first(_versions_in(map(Path, installed)))


def session_helper(function: Function) -> Helper:
    """Tell whose code keeps a function's sessions, as this Python would find it."""
    if function.language == "nodejs":
        return "npm"
    return "own" if pypi_helper(function, sys.path) is None else "pypi"


def npm_helper(function: Function, project: Project) -> str | None:
    """Give the version of `@architect/functions` that a function loads, or None."""
    folders = [function.folder]
    folders += [f for f in (project.shared_folder, project.views_folder) if f]
    if not any(
        _NODE_HELPER in source.text for source in _sources(folders, _NODE_SOURCES)
    ):
        return None
    for folder in (function.folder, *function.folder.parents):
        file = folder / "node_modules/@architect/functions/package.json"
        if file.exists():
            version = package_member(file, "version")
            return version if isinstance(version, str) else None
    return None


def _npm_session_store(root: Path) -> str | None:
    named = package_member(root / "package.json", "dependencies")
    stores = named if isinstance(named, dict) else {}
    return _first(store for store in _SESSION_STORES if store in stores)


def _without_handler(project: Project) -> Iterator[tuple[str, str]]:
    for function in project.functions:
        language = language_of(function)
        if isinstance(language, Unavailable):
            continue
        file = handler_file_of(function, language)
        if isinstance(file, Unavailable):
            yield file.message, file.remedy


def _not_run(project: Project) -> Iterator[tuple[str, str]]:
    for function in project.functions:
        language = language_of(function)
        if isinstance(language, Unavailable):
            yield language.message, language.remedy


def _without_static(project: Project) -> str | None:
    if project.static is None or project.static.folder.is_dir():
        return None
    folder = Path(os.path.relpath(project.static.folder, project.root)).as_posix()
    return None if folder == DEFAULT_FOLDER else folder


def _without_seeds(project: Project) -> tuple[str, str] | None:
    try:
        seed_file(project)
    except SeedError as error:
        return error.message, error.remedy
    return None


def _functions_of(project: Project, language: str) -> tuple[Function, ...]:
    return tuple(f for f in project.functions if f.language == language)


def _first(found: Iterable[str | None]) -> str | None:
    return next((version for version in found if version is not None), None)


def _arc_imports(
    project: Project, functions: Sequence[Function]
) -> Iterator[SourceLocation]:
    """Find the first `import arc` of each file."""
    if not functions:
        return
    for source in _sources(_code_folders(project, functions), (".py",)):
        found = _ARC_IMPORT.search(source.text)
        if found is not None:
            yield _location(source, found.start(), project)


def _location(source: SourceFile, offset: int, project: Project) -> SourceLocation:
    text = source.text
    start, end = text.rfind(b"\n", 0, offset) + 1, text.find(b"\n", offset)
    line = text[start : end if end >= 0 else len(text)].decode("utf-8", "replace")
    return SourceLocation(
        file=project.shown(source.path),
        line=text.count(b"\n", 0, offset) + 1,
        column=len(line) - len(line.lstrip()) + 1,
        source_line=line.rstrip("\r"),
    )


def _code_folders(project: Project, functions: Sequence[Function]) -> list[Path]:
    shared = [f for f in (project.shared_folder, project.views_folder) if f]
    return [*dict.fromkeys(function.folder for function in functions), *shared]


def _sources(
    folders: Iterable[Path], suffixes: tuple[str, ...]
) -> Iterator[SourceFile]:
    left = MOST_FILES_READ
    for folder in folders:
        for path in _files(folder, suffixes)[:left]:
            left -= 1
            try:
                yield SourceFile(path=path, text=path.read_bytes())
            except OSError:
                continue


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in suffixes)
    except OSError:
        return []


def _requirements(project: Project, functions: Sequence[Function]) -> Iterator[str]:
    for folder in (project.root, *_code_folders(project, functions)):
        text = _read_text(folder / REQUIREMENTS_FILE)
        for name in _REQUIREMENT.findall(text or ""):
            yield re.sub(r"[-_.]+", "-", name).lower()


def _versions_in(folders: Iterable[Path]) -> Iterator[str]:
    for folder in folders:
        try:
            names = [entry.name for entry in folder.iterdir()]
        except OSError:
            continue
        for name in names:
            if found := _DIST_INFO.fullmatch(name):
                yield found[1]


def _read_text(path: Path) -> str | None:
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None
    return with_plain_line_ends(text)
