"""Imports as deployed: takes the `start` message, gives the handler function.

Architect deploys a Python function as its folder with `vendor/` in it, which holds the
requirements and copies of the shared and views folders, and puts both on the path
(`@architect/hydrate`, "shared"). Here the same names lead to the folders where they
are, through path hooks (docs.python.org, "The import system", 5.5): nothing is written.

Code of the project is always compiled from its source. Python takes a `.pyc` for
current whose source has the same size and second, which two quick edits can share.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
)
from importlib.util import module_from_spec, spec_from_file_location
from os.path import abspath
from types import CodeType, ModuleType
from typing import Any

from sandbox.workers.runtimes.python.deployed_files import DeployedFiles
from sandbox.workers.runtimes.python.observe import Observer
from sandbox.workers.wire import presence_digest as kind_of  # on disk, and not noted

LOADED_BY_WORKER = frozenset(
    (
        *("array", "ctypes", "errno", "fcntl", "hashlib", "resource"),
        *("select", "selectors", "signal", "socket", "struct", "typing"),
    )
)
"""What this worker has loaded of the standard library, and Lambda's runtime not.

A function's own module by such a name is found first. One named as what `awslambdaric`
4 has loaded (json, logging, re and their like) is not found on Lambda either.
"""
Mounts = Mapping[str, str]
"""Names below `vendor/` and the folders they stand for."""


class ProjectFinder(FileFinder):
    """Finds modules in one folder of the project.

    Args:
        path: the folder.
        note_absent: told of each file that would be the module if it were there.
    """

    def __init__(self, path: str, note_absent: Callable[[str], None]) -> None:
        super().__init__(
            path,
            (ExtensionFileLoader, EXTENSION_SUFFIXES),
            (SourceFileLoader, [".py"]),
        )
        self._note_absent = note_absent

    def find_spec(
        self, fullname: str, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give the spec of a module on disk.

        A folder of the name becomes it once it is a package. That changes no name in
        the folder above, whose names are noted.
        """
        spec = super().find_spec(fullname, target)
        folder = f"{self.path}/{fullname.rpartition('.')[2]}"
        if kind_of(folder) == "folder":
            self._note_absent(f"{folder}/__init__.py")
        return spec


class VendorFinder(ProjectFinder):
    """Finds what stands in `vendor/`, and the shared folders as if they stood there."""

    def __init__(
        self, path: str, mounts: Mounts, note_absent: Callable[[str], None]
    ) -> None:
        super().__init__(path, note_absent)
        self._mounts = mounts

    def find_spec(
        self, fullname: str, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give the spec of a mounted folder, or else of a module on disk."""
        folder = self._mounts.get(fullname.rpartition(".")[2])
        if folder is not None:
            return _package_spec(fullname, folder, self._note_absent)
        is_on_disk = kind_of(self.path) == "folder"
        return super().find_spec(fullname, target) if is_on_disk else None


class FunctionFinder(ProjectFinder):
    """Finds what stands in the function's folder, and `vendor` even where it is not."""

    def find_spec(
        self, fullname: str, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give the spec of a module on disk, or that of the virtual `vendor`."""
        spec = super().find_spec(fullname, target)
        if spec is None and fullname == "vendor":
            return _package_spec(fullname, f"{self.path}/vendor", self._note_absent)
        return spec


def install(start: Mapping[str, Any], observer: Observer) -> None:
    """Put the function's folders on the path, and find its modules as deployed."""
    folder = start["folder"]
    vendor = f"{folder}/vendor"
    mounts = {
        name: start[f"{name}_folder"]
        for name in ("shared", "views")
        if start.get(f"{name}_folder")
    }

    note_absent = observer.note_absent

    def find_in(path: str) -> ProjectFinder:
        # An archive or a script on the path is the next hook's, or nobody's.
        if not observer.is_project_path(f"{path}/") or kind_of(path) == "file":
            raise ImportError(path)
        observer.note_folder(path)
        note_absent(path)  # or an archive, once it is there
        if path == vendor:
            return VendorFinder(path, mounts, note_absent)
        finder = FunctionFinder if path == folder else ProjectFinder
        return finder(path, note_absent)

    # Nobody looks for what is loaded already; the function may come to have its own.
    for path in (folder, vendor):
        observer.note_folder(path)
    own = FunctionFinder(folder, note_absent)
    _forget_shadowed((own, VendorFinder(vendor, mounts, note_absent)))
    observer.watch_questions()
    names = start.get("static_manifest")
    files = {"shared/static.json": names} if names else {}
    DeployedFiles(folder, {**files, **mounts}).install()
    _compile_always(observer.is_project_path)
    sys.path_hooks.insert(0, find_in)
    sys.path[:] = [folder, vendor, *_without(sys.path, (folder, vendor))]
    sys.path += _without(start["path_additions"], sys.path)


def _forget_shadowed(finders: Sequence[ProjectFinder]) -> None:
    """Let the function's own modules be found; running code keeps its references."""
    shadowed = [
        name
        for name in sys.modules
        if name in LOADED_BY_WORKER and any(_has(finder, name) for finder in finders)
    ]
    for name in shadowed:
        for part in [n for n in sys.modules if n == name or n.startswith(f"{name}.")]:
            del sys.modules[part]


def _has(finder: ProjectFinder, name: str) -> bool:
    spec = finder.find_spec(name)
    # A folder without __init__.py gives way to the standard library's module.
    return spec is not None and spec.loader is not None


def _compile_always(is_project_path: Callable[[str], bool]) -> None:
    """Have code of the project compiled from its source, and no bytecode written.

    That holds whoever loads it, `importlib.util` and `runpy` with loaders of their own.
    """
    get_code = SourceFileLoader.get_code

    def get_current_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
        path = loader.get_filename(fullname)
        if not is_project_path(abspath(path)):
            return get_code(loader, fullname)
        return loader.source_to_code(loader.get_data(path), path)

    SourceFileLoader.get_code = get_current_code  # type: ignore[assignment, method-assign]


def load_handler(handler_file: str, method: str) -> Callable[[Any, Any], Any]:
    """Import the handler's file under its own name, and give the function in it.

    Raises:
        HandlerMissingError: the module has no such function.
        ImportError: its file can be no module.
        BaseException: whatever the module raises.
    """
    name = handler_file.rpartition("/")[2].removesuffix(".py")
    loader = SourceFileLoader(name, handler_file)
    spec = spec_from_file_location(name, handler_file, loader=loader)
    if spec is None:
        raise ImportError(f"no module can be made of {handler_file!r}")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
        module = sys.modules[name]  # a module may put another in its place
    except BaseException:
        sys.modules.pop(name, None)
        raise
    handler = getattr(module, method, None)
    if not callable(handler):
        raise HandlerMissingError(name, method, is_there=hasattr(module, method))
    return handler  # type: ignore[no-any-return]


class HandlerMissingError(Exception):
    """The module loaded, but does not define the function that Lambda would call."""

    def __init__(self, module: str, method: str, *, is_there: bool) -> None:
        fact = (
            f"Handler '{method}' in module '{module}' is not a function"
            if is_there
            else f"Handler '{method}' missing on module '{module}'"
        )
        super().__init__(fact)
        self.remedy = f'Define "def {method}(event, context):" in "{module}.py".'


def _package_spec(
    fullname: str, folder: str, note_absent: Callable[[str], None]
) -> ModuleSpec:
    init = f"{folder}/__init__.py"
    note_absent(init)
    if kind_of(init) == "file":
        spec = spec_from_file_location(
            fullname, init, submodule_search_locations=[folder]
        )
        if spec is not None:
            return spec
    namespace = ModuleSpec(fullname, None, is_package=True)
    namespace.submodule_search_locations = [folder]
    return namespace


def _without(paths: Sequence[str], others: Sequence[str]) -> list[str]:
    return [path for path in paths if path not in others]
