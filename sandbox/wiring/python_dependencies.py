"""Python functions → what they import, and `arc deploy` does not install for them.

A function's requirements.txt is all that is installed for it, into its `vendor`. One
without is looked through, file by file, and every import has to be an installed
package; shared code and the function's own modules are none (`@architect/hydrate`
6.0.2, "autoinstall/python").
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.project.advice import Hindrance, LeftBehind, Unlisted
from sandbox.project.model import Function, Project
from sandbox.project.runtimes import python_version
from sandbox.wiring.module_roots import ModuleRoots
from sandbox.wiring.reached import (
    Outside,
    is_hydrated,
    may_lack_packages,
    outside_imports,
    place_of,
)
from sandbox.wiring.remembered import Remembered

if TYPE_CHECKING:
    from sandbox.wiring.installed import InstalledPackages

REQUIREMENTS_FILE = "requirements.txt"
VENDOR = "vendor"
_LAMBDA_HAS = frozenset(
    ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
)
"""Of Lambda's Python runtimes: the AWS SDK, and what it needs itself."""
_NEWEST_KNOWN = (3, 11)
"""The last version whose standard library `arc deploy` knows."""


class PythonDependencies:
    """Looks through the Python functions of one project, as its disk is now.

    Args:
        project: whose functions.
        known: what was read before.
        path: where packages are looked for, as `sys.path`.
    """

    def __init__(
        self, project: Project, known: Remembered, path: Sequence[str]
    ) -> None:
        self._project = project
        self._known = known
        self._path = [folder for folder in path if folder]
        self._roots = ModuleRoots(self._path)
        self._functions = [
            function
            for function in project.functions
            if function.language == "python"
            and may_lack_packages(function, project)
            and function.folder.is_dir()
        ]
        self._disk = _Disk()

    def left_behind(self) -> Iterator[LeftBehind]:
        """Give what functions import, and will not have."""
        for function in self._functions:
            hindrance = _hindrance(function)
            foreign = self._foreign(function, hindrance)
            brought = self._brought(function, hindrance) if foreign else None
            if brought is None:
                continue
            for module in foreign:
                if module in brought:
                    continue
                yield LeftBehind(
                    function=function,
                    folder=self._project.shown(function.folder),
                    module=module,
                    package=self._packages.package_of(module) or module,
                    hindrance=hindrance,
                    where=place_of(foreign[module], self._project),
                )

    def unlisted(self) -> Iterator[Unlisted]:
        """Give the functions at which `arc deploy` stops."""
        for function in self._functions:
            if _has_requirements(function) or not is_hydrated(function):
                continue
            for module in self._where_it_stops(function):
                folder = self._project.shown(function.folder)
                yield Unlisted(function=function, folder=folder, module=module)

    def _where_it_stops(self, function: Function) -> tuple[str | None, ...]:
        """Give the module at which `arc deploy` stops, None for Python itself."""
        version = python_version(function.config.runtime)
        if version is not None and version > _NEWEST_KNOWN:
            return (None,)
        module = next(self._not_packages(function), None)
        return () if module is None else (module,)

    @property
    def _packages(self) -> "InstalledPackages":
        return self._known.packages_in(self._path)

    def _foreign(
        self, function: Function, hindrance: Hindrance
    ) -> Mapping[str, Outside]:
        """Give what may be missing of others, and where it is first imported."""
        if hindrance != "one-of-several":
            return self._imported(function)
        if self._where_it_stops(function):
            return {}
        imported = self._imported(function)
        shared = [module for module in imported if "." in module]
        # All else is found by its name, and what nobody owns is not guessed.
        return {one: imported[one] for one in shared if self._packages.package_of(one)}

    def _imported(self, function: Function) -> dict[str, Outside]:
        """Give where a function first imports each package of others."""
        code = _FunctionCode(function, self._project, self._disk)
        found: dict[str, Outside] = {}
        for one in outside_imports(
            function.handler_file, self._known.imports, code.files_of
        ):
            top = one.name.partition(".")[0]
            if top in sys.stdlib_module_names or top in _LAMBDA_HAS:
                continue
            module = self._roots.root_of(one.name)
            if module is not None:
                found.setdefault(module, one)
        return found

    def _brought(
        self, function: Function, hindrance: Hindrance
    ) -> frozenset[str] | None:
        """Give the modules that are installed for it; None where nobody can tell."""
        if hindrance == "not-hydrated":
            return frozenset()
        if hindrance == "one-of-several":
            return self._packages.found_for(self._names_imported(function))
        from sandbox.wiring.installed import requirements_in

        named = requirements_in(function.folder / REQUIREMENTS_FILE)
        return None if named is None else self._packages.modules_of(named)

    def _not_packages(self, function: Function) -> Iterator[str]:
        """Give what the function's own files import, and pip has not."""
        for name in self._names_imported(function):
            is_known = name in sys.stdlib_module_names or name == "boto3"
            if not is_known and not self._roots.holds(name):
                yield name

    def _names_imported(self, function: Function) -> Iterator[str]:
        """Give what `arc deploy` looks at: names up to a dot, of no relative import."""
        for file in _python_files(function.folder):
            for one in self._known.imports.imports_of(file):
                if top := one.name.partition(".")[0]:
                    yield top


class _Disk:
    """What was found of modules: functions share most of what they import."""

    def __init__(self) -> None:
        self.modules = cache(_modules)
        self.holds = cache(_holds)


class _FunctionCode:
    """Finds a function's modules where they are deployed (`imports` of its worker)."""

    def __init__(self, function: Function, project: Project, disk: _Disk) -> None:
        self._disk = disk
        self._mounts = project.folders_copied_into(function)
        self._folder = function.folder
        self._vendor = ModuleRoots([function.folder / VENDOR])

    def files_of(self, name: str, importer: Path) -> Sequence[Path] | None:
        """Give the files that an import loads; None where it leads out of the app."""
        rest = name.lstrip(".")
        parts = tuple(rest.split(".")) if rest else ()
        if level := len(name) - len(rest):
            above = importer.parents[level - 1 : level]  # none, where it fails to load
            return self._disk.modules(above[0], parts) if above else ()
        if parts[0] == VENDOR:
            parts = parts[1:]
            if not parts:
                return ()
        mount = self._mounts.get(parts[0])
        if mount is not None:
            return self._disk.modules(mount, parts[1:])
        if self._disk.holds(self._folder, parts[0]):
            return self._disk.modules(self._folder, parts)
        # What pip has put there came with all that it needs.
        return () if self._vendor.root_of(".".join(parts)) else None


def _holds(folder: Path, module: str) -> bool:
    return (folder / module).is_dir() or (folder / f"{module}.py").is_file()


def _modules(folder: Path, parts: tuple[str, ...]) -> tuple[Path, ...]:
    """Give the packages on the way and the module; what ends it is a name in one."""
    files = [folder / "__init__.py"]
    for part in parts:
        files.append((folder / part).with_suffix(".py"))
        folder /= part
        files.append(folder / "__init__.py")
    return tuple(file for file in files if file.is_file())


def _python_files(folder: Path) -> Iterator[Path]:
    """Give the files that `arc deploy` looks through: none of pip, none in `.venv`."""
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name != VENDOR and not name.startswith(".")
        )
        for name in sorted(names):
            if name.endswith(".py") and not name.startswith("."):
                yield Path(above, name)


def _hindrance(function: Function) -> Hindrance:
    """Tell why a package would be missing that is missing."""
    if _has_requirements(function):
        return "unnamed"
    return "one-of-several" if is_hydrated(function) else "not-hydrated"


def _has_requirements(function: Function) -> bool:
    return (function.folder / REQUIREMENTS_FILE).is_file()
