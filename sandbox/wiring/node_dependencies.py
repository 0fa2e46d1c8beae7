"""Node functions → what they load, and `arc deploy` does not install for them.

Where a function's package.json has dependencies of any kind, these are all that is
installed for it, those for development apart. Else its code, and all shared code, is
looked through, and what that imports is installed, the AWS SDK apart; an
`export … from` is overlooked (`@architect/hydrate` 6.0.2, "autoinstall/node").
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

from sandbox.json_value import JsonValue
from sandbox.project.advice import Hindrance, LeftBehind
from sandbox.project.model import Function, Project
from sandbox.wiring.imports import ImportReader
from sandbox.wiring.node_packages import (
    PACKAGE_FILE,
    NodePackages,
    named_in,
    read_package,
)
from sandbox.wiring.reached import (
    Outside,
    is_hydrated,
    may_lack_packages,
    outside_imports,
    place_of,
)

_MAKES_A_LIST = ("dependencies", "peerDependencies", "devDependencies")
"""With any of these in its package.json, a function's code is not looked through."""
_SUFFIXES = ("", ".js", ".mjs", ".cjs", ".json", "/index.js")
_PACKAGE_NAME = re.compile(r"(?:@[^/]+/)?[^/]+")
_LEADS_NOWHERE = re.compile(r"#|[a-z][a-z\d+.-]+:", re.IGNORECASE)
_IS_PATH = re.compile(r"\.{0,2}/|\.{1,2}$")
_IMPORTED = re.compile(
    r"\b(?:require\s*\(|import\s*\(|import\b(?:[\w$*{},\s]*\bfrom\b)?)\s*"
    r"['\"]([^'\"\n]+)"
)
_LAMBDA_HAS = ("@aws-sdk/", "@smithy/")
_BUILT_IN = frozenset(
    (
        *("assert", "async_hooks", "buffer", "child_process", "cluster", "console"),
        *("constants", "crypto", "dgram", "diagnostics_channel", "dns", "domain"),
        *("events", "fs", "http", "http2", "https", "inspector", "module", "net"),
        *("os", "path", "perf_hooks", "process", "punycode", "querystring"),
        *("readline", "repl", "stream", "string_decoder", "sys", "timers", "tls"),
        *("trace_events", "tty", "url", "util", "v8", "vm", "wasi"),
        *("worker_threads", "zlib", "assert/strict", "dns/promises", "fs/promises"),
        *("inspector/promises", "path/posix", "path/win32", "readline/promises"),
        *("stream/consumers", "stream/promises", "stream/web", "timers/promises"),
        "util/types",
    )
)
"""Node's own modules that need no `node:` before their names."""


def node_left_behind(project: Project, reader: ImportReader) -> Iterator[LeftBehind]:
    """Give what Node functions load, and will not have."""
    disk = _Disk()
    for function in project.functions:
        if function.language != "nodejs" or not may_lack_packages(function, project):
            continue
        code = _FunctionCode(function, project, disk)
        told = set[str]()
        for found in outside_imports(function.handler_file, reader, code.files_of):
            name = _package_name(found.name)
            hindrance = None if name in told else code.hindrance(name, found)
            if hindrance is not None:
                told.add(name)
                yield LeftBehind(
                    function=function,
                    folder=project.shown(function.folder),
                    module=name,
                    package=name,
                    hindrance=hindrance,
                    where=place_of(found, project),
                )


class _Disk:
    """What was found of files and packages: functions share most of what they load."""

    def __init__(self) -> None:
        self.file_at = cache(_file_at)
        self.imported_in = cache(_imported_in)
        self.packages = NodePackages()


class _FunctionCode:
    """One function as deployed: its files, and the packages beside them."""

    def __init__(self, function: Function, project: Project, disk: _Disk) -> None:
        self._disk = disk
        shared = project.folders_copied_into(function)
        self._mounts = {f"@architect/{name}": path for name, path in shared.items()}
        self._folder = function.folder
        self._is_hydrated = is_hydrated(function)
        settings = function.config.settings
        ignored = settings.get(
            "ignoreDependencies", settings.get("ignoredDependencies")
        )
        self._ignored = ignored if isinstance(ignored, list) else [ignored]
        self._brought = cache(disk.packages.brought_by)

    def files_of(self, name: str, importer: Path) -> Sequence[Path] | None:
        """Give the file that a name leads to; None where that is a package."""
        if _IS_PATH.match(name):
            return self._disk.file_at(importer.parent, name)
        package = _package_name(name)
        mount = self._mounts.get(package)
        if mount is not None:
            return self._disk.file_at(mount, f".{name.removeprefix(package)}")
        is_own = name in _BUILT_IN or _LEADS_NOWHERE.match(name)
        return () if is_own or name.startswith(_LAMBDA_HAS) else None

    def hindrance(self, name: str, found: Outside) -> Hindrance | None:
        """Tell why a package is not deployed; None where it is, or is not here."""
        for shared in self._mounts.values():
            if found.file.is_relative_to(shared) and name in self._brought(shared):
                return None
        place = self._place_of(name, found.file)
        if place is None:
            return None  # it does not load here either, which tells
        lies_beside = self._lies_beside(place)
        if self._has_list():
            return self._by_list(name, lies_beside=lies_beside)
        if lies_beside or name in self._ignored:
            return None
        return self._by_code(name, is_handed_on=found.is_handed_on)

    def _place_of(self, name: str, importer: Path) -> Path | None:
        """Give where a file finds a package here, by its path or by what that is of."""
        place_of = self._disk.packages.place_of
        is_shared = any(map(importer.is_relative_to, self._mounts.values()))
        folder = self._folder if is_shared else importer.parent
        return place_of(folder, name) or place_of(importer.resolve().parent, name)

    def _lies_beside(self, place: Path) -> bool:
        """Tell whether a package is copied with the folder that it lies in."""
        unlisted = (
            shared
            for shared in self._mounts.values()
            if not (shared / PACKAGE_FILE).exists()
        )
        return any(map(place.is_relative_to, (self._folder, *unlisted)))

    def _by_list(self, name: str, *, lies_beside: bool) -> Hindrance | None:
        if name in self._brought(self._folder):
            return None
        if name in named_in(self._own, "devDependencies"):
            return "development"
        return None if lies_beside else "unnamed"

    def _by_code(self, name: str, *, is_handed_on: bool) -> Hindrance | None:
        if not self._is_hydrated:
            return "not-hydrated"
        if name == "aws-sdk":
            return "sdk-v2"
        return "re-exported" if is_handed_on and not self._imports(name) else None

    def _imports(self, name: str) -> bool:
        folders = (self._folder, *self._mounts.values())
        return any(name in self._disk.imported_in(folder) for folder in folders)

    @cached_property
    def _own(self) -> Mapping[str, JsonValue]:
        return read_package(self._folder / PACKAGE_FILE)

    def _has_list(self) -> bool:
        return any(self._own.get(kind) is not None for kind in _MAKES_A_LIST)


def _file_at(folder: Path, name: str) -> tuple[Path, ...]:
    base = os.path.normpath(folder / name)
    files = (Path(base + suffix) for suffix in _SUFFIXES)
    return tuple(file for file in files if file.is_file())[:1]


def _imported_in(folder: Path) -> frozenset[str]:
    """Give the packages that `arc deploy` sees imported: in any file, by any branch."""
    found = set[str]()
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "node_modules"]
        for name in names:
            if name.endswith((".js", ".mjs", ".cjs")):
                text = _text_of(Path(above, name))
                found.update(map(_package_name, _IMPORTED.findall(text)))
    return frozenset(found)


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError:  # such as a link to nowhere
        return ""


def _package_name(specifier: str) -> str:
    found = _PACKAGE_NAME.match(specifier)
    return found[0] if found else specifier
