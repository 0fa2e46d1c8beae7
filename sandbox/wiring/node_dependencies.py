"""Node functions → what they load, and `arc deploy` does not install for them.

Where a function's package.json has dependencies of any kind, these are all that is
installed for it, those for development apart. Else its code, and all shared code, is
looked through, and what that loads is installed, the AWS SDK apart
(`@architect/hydrate` 6.0.2, "autoinstall/node").
"""

import json
import os.path
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TypeAlias

from sandbox.json_value import JsonValue
from sandbox.project.advice import Hindrance, LeftBehind
from sandbox.project.model import Function, Project
from sandbox.wiring.imports import ImportReader
from sandbox.wiring.reached import (
    Outside,
    is_hydrated,
    may_lack_packages,
    outside_imports,
    place_of,
)

PACKAGE_FILE = "package.json"
_INSTALLED_FROM = ("dependencies", "optionalDependencies", "peerDependencies")
_MAKES_A_LIST = ("dependencies", "peerDependencies", "devDependencies")
"""With any of these in its package.json, a function's code is not looked through."""
_SUFFIXES = ("", ".js", ".mjs", ".cjs", ".json", "/index.js")
_PACKAGE_NAME = re.compile(r"(?:@[^/]+/)?[^/]+")
_LEADS_NOWHERE = re.compile(r"#|[a-z][a-z\d+.-]+:", re.IGNORECASE)
_IS_PATH = re.compile(r"\.{0,2}/|\.{1,2}$")
_LAMBDA_HAS = ("@aws-sdk/", "@smithy/")
_BUILT_IN = frozenset(
    (
        *("assert", "async_hooks", "buffer", "child_process", "cluster", "console"),
        *("constants", "crypto", "dgram", "diagnostics_channel", "dns", "domain"),
        *("events", "fs", "http", "http2", "https", "inspector", "module", "net"),
        *("os", "path", "perf_hooks", "process", "punycode", "querystring"),
        *("readline", "repl", "stream", "string_decoder", "sys", "timers", "tls"),
        *("trace_events", "tty", "url", "util", "v8", "vm", "wasi"),
        *("worker_threads", "zlib"),
    )
)
"""Node's own modules that need no `node:` before their names."""

FileAt: TypeAlias = Callable[[Path, str], tuple[Path, ...]]
"""The file that a path leads to from a folder, or none."""


def package_member(file: Path, member: str) -> JsonValue:
    """Give what a package.json says there; None where it cannot be read."""
    return _read_package(file).get(member)


def _read_package(file: Path) -> Mapping[str, JsonValue]:
    try:
        package = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return package if isinstance(package, dict) else {}


def node_left_behind(project: Project, reader: ImportReader) -> Iterator[LeftBehind]:
    """Give what Node functions load, and will not have."""
    file_at = cache(_file_at)  # functions share most of what they load
    for function in project.functions:
        if function.language != "nodejs" or not may_lack_packages(function, project):
            continue
        code = _FunctionCode(function, project, file_at)
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


class _FunctionCode:
    """One function as deployed: its files, and the packages beside them."""

    def __init__(self, function: Function, project: Project, file_at: FileAt) -> None:
        self._file_at = file_at
        shared = project.folders_copied_into(function)
        self._mounts = {f"@architect/{name}": path for name, path in shared.items()}
        self._folder = function.folder
        self._is_hydrated = is_hydrated(function)
        settings = function.config.settings
        ignored = settings.get(
            "ignoreDependencies", settings.get("ignoredDependencies")
        )
        self._ignored = ignored if isinstance(ignored, list) else [ignored]
        self._brought: dict[Path, frozenset[str]] = {}

    def files_of(self, name: str, importer: Path) -> Sequence[Path] | None:
        """Give the file that a name leads to; None where that is a package."""
        if _IS_PATH.match(name):
            return self._file_at(importer.parent, name)
        package = _package_name(name)
        mount = self._mounts.get(package)
        if mount is not None:
            return self._file_at(mount, f".{name.removeprefix(package)}")
        is_own = package.partition("/")[0] in _BUILT_IN or _LEADS_NOWHERE.match(name)
        return () if is_own or name.startswith(_LAMBDA_HAS) else None

    def hindrance(self, name: str, found: Outside) -> Hindrance | None:
        """Tell why a package is not deployed; None where it is, or is not here."""
        for shared in self._mounts.values():
            if found.file.is_relative_to(shared) and name in self._brought_by(shared):
                return None
        if _holder(self._folder, name) is None:
            return None  # it does not load here either, which tells
        lies_beside = (self._folder / "node_modules" / name).exists()
        judge = self._by_list if self._has_list() else self._by_code
        return judge(name, lies_beside=lies_beside)

    def _by_list(self, name: str, *, lies_beside: bool) -> Hindrance | None:
        if name in self._brought_by(self._folder):
            return None
        if name in _named(self._own, "devDependencies"):
            return "development"
        return None if lies_beside else "unnamed"

    def _by_code(self, name: str, *, lies_beside: bool) -> Hindrance | None:
        if lies_beside or name in self._ignored:
            return None
        if not self._is_hydrated:
            return "not-hydrated"
        return "sdk-v2" if name == "aws-sdk" else None

    @cached_property
    def _own(self) -> Mapping[str, JsonValue]:
        return _read_package(self._folder / PACKAGE_FILE)

    def _has_list(self) -> bool:
        return any(self._own.get(kind) is not None for kind in _MAKES_A_LIST)

    def _brought_by(self, folder: Path) -> frozenset[str]:
        if folder not in self._brought:
            self._brought[folder] = _installed_for(folder)
        return self._brought[folder]


def _installed_for(folder: Path) -> frozenset[str]:
    """Give the names of all that npm installs for a folder's package.json."""
    ahead = list(_required_by(folder))
    found = set(ahead)
    while ahead:
        package = _holder(folder, ahead.pop())
        new = set(_required_by(package)) - found if package is not None else set()
        found |= new
        ahead += new
    return frozenset(found)


def _required_by(folder: Path) -> Iterator[str]:
    package = _read_package(folder / PACKAGE_FILE)
    for kind in _INSTALLED_FROM:
        yield from _named(package, kind)


def _named(package: Mapping[str, JsonValue], kind: str) -> Mapping[str, JsonValue]:
    """Give the packages that a package.json names there, with their versions."""
    named = package.get(kind)
    return named if isinstance(named, Mapping) else {}


def _holder(folder: Path, name: str) -> Path | None:
    """Give a package's folder, as Node finds it from a folder and those above."""
    for above in (folder, *folder.parents):
        package = above / "node_modules" / name
        if package.exists():
            return package
    return None


def _file_at(folder: Path, name: str) -> tuple[Path, ...]:
    base = os.path.normpath(folder / name)
    files = (Path(base + suffix) for suffix in _SUFFIXES)
    return tuple(file for file in files if file.is_file())[:1]


def _package_name(specifier: str) -> str:
    found = _PACKAGE_NAME.match(specifier)
    return found[0] if found else specifier
