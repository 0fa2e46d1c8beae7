"""Functions while they are read: folder, settings, handler.

A draft's settings are the defaults, then `@aws`, then `@aws` and `@arc` of the
function's own configuration file.
"""

import os.path
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.errors import ManifestSyntaxError, Problem
from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.formats import load_json, parse_manifest
from sandbox.manifest.nodes import Item, Manifest
from sandbox.manifest.source_text import SourceText
from sandbox.project import paths, runtimes
from sandbox.project.reading import Reading, as_written
from sandbox.project.settings import (
    VALUE_MISSING,
    as_json_keeps,
    has_value,
    line_of_setting,
    overlay,
)

CONFIG_FILES = (
    *("config.arc", ".arc-config", "arc.json", "arc-config.json"),
    *("config.yaml", "config.yml", "arc-config.yaml", "arc-config.yml"),
)
CONFIG_PRAGMAS = ("aws", "arc")
"""What counts in a config file; the later one lies over the earlier one."""
PACKAGE_FILE = "package.json"
FOLDER_FILES = (*CONFIG_FILES, PACKAGE_FILE, *runtimes.HANDLER_FILES)
"""Every file that decides what a function is; the first config file counts."""


@dataclass(slots=True, kw_only=True)
class FunctionDraft:
    """A function that later pragmas, such as @shared, may still change."""

    name: str
    pragma: str
    folder: str
    """Absolute; keeps a trailing slash of a `src` setting."""
    config: dict[str, JsonValue]
    handler: runtimes.HandlerFile
    handler_method: str
    config_file: str | None
    line: int | None
    fields: dict[str, JsonValue] = field(default_factory=dict)
    """What only this pragma's functions have: method and path, rate, table, …."""
    present: tuple[str, ...] = ()
    """Those of FOLDER_FILES that its folder has."""

    own_config: Manifest | None = None
    """Its configuration file, parsed."""
    is_static_asset_proxy: bool = False

    @property
    def handler_path(self) -> str:
        """Where the handler is expected, absolute."""
        return paths.join(self.folder, self.handler.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a pragma's item says about a function."""

    name: str
    pragma: str
    folder: str
    line: int | None
    fields: Mapping[str, JsonValue] = field(default_factory=dict)
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    """Settings that the pragma gives unless `@aws` has them."""


@dataclass(frozen=True, slots=True)
class _Folder:
    """What a function's folder holds; read once, however many functions share it."""

    present: tuple[str, ...]
    config_file: str | None
    config: Manifest | None
    package_type: str | None


class FunctionReader:
    """Reads the folders of functions, for every pragma that has some."""

    def __init__(self, reading: Reading, defaults: Mapping[str, JsonValue]) -> None:
        self._reading = reading
        self._defaults = defaults
        self._folders: dict[str, _Folder] = {}

    def folder(
        self, pragma: str, name: str, src: JsonValue, line: int | None
    ) -> str | None:
        """Give a function's folder: its `src`, or the one that its name gives.

        None, and a report, where `src` is no text.
        """
        if not javascript.is_truthy(src):
            return self._reading.path("src", pragma, name)
        if isinstance(src, str):
            # Architect writes Windows' separator so, wherever it runs.
            return self._reading.path(src).replace("\\", "/")
        self._reading.refuse(
            f'The src of @{pragma} "{name}" is "{javascript.to_text(src)}",'
            " which is not a folder.",
            line=line,
            remedy="Write one path, between quotes where it has spaces.",
        )
        return None

    def read(self, declared: Declaration) -> FunctionDraft:
        """Read the folder of a declared function."""
        config = as_json_keeps(self._defaults)
        for key, value in declared.settings.items():
            config.setdefault(key, value)
        folder = self._folder(declared.folder)
        if folder.config:
            for pragma in CONFIG_PRAGMAS:
                values = [item.value for item in folder.config.items(pragma) or ()]
                config = overlay(config, values)
        _resolve_runtime(config)
        if declared.pragma != "http":
            config.pop("apigateway", None)
        file_part, method = self._split_handler(config, declared, folder)
        handler = runtimes.handler_file(
            str(config["runtime"]), file_part, folder.present, folder.package_type
        )
        if javascript.same(config["handler"], self._defaults["handler"]):
            config["handler"] = f"{_stem(declared.folder, handler)}.handler"
        return FunctionDraft(
            name=declared.name,
            pragma=declared.pragma,
            folder=declared.folder,
            config=config,
            handler=handler,
            handler_method=method,
            config_file=folder.config_file,
            line=declared.line,
            fields=dict(declared.fields),
            present=folder.present,
            own_config=folder.config,
        )

    def _folder(self, path: str) -> _Folder:
        known = self._folders.get(path)
        if known is None:
            known = self._folders[path] = self._read_folder(path)
        return known

    def _read_folder(self, path: str) -> _Folder:
        present = self._reading.files.present(path, FOLDER_FILES)
        config_file = next((name for name in CONFIG_FILES if name in present), None)
        return _Folder(
            present=present,
            config_file=paths.join(path, config_file) if config_file else None,
            config=self._read_config(paths.join(path, config_file))
            if config_file
            else None,
            package_type=self._package_type(path) if PACKAGE_FILE in present else None,
        )

    def _read_config(self, path: str) -> Manifest | None:
        text = self._reading.text(path)
        if text is None:
            return None
        try:
            config = parse_manifest(text, file=self._reading.shown(path))
        except ManifestSyntaxError as error:
            self._reading.problems.add(*error.problems)
            return None
        for pragma in CONFIG_PRAGMAS:
            if not all(has_value(item.value) for item in config.items(pragma) or ()):
                self._refuse_file(
                    f"@{pragma} has an entry without a value.",
                    path,
                    remedy=VALUE_MISSING,
                )
        return config

    def _package_type(self, folder: str) -> str | None:
        """Give the module type of a folder's package.json, for Node."""
        path = paths.join(folder, PACKAGE_FILE)
        source = SourceText(
            self._reading.files.read(path) or "", self._reading.shown(path)
        )
        try:
            package = load_json(source)
        except ManifestSyntaxError:
            return _BROKEN_PACKAGE
        kind = package.get("type") if isinstance(package, Mapping) else None
        if kind in ("module", "commonjs"):
            return str(kind)
        return _BROKEN_PACKAGE if javascript.is_truthy(kind) else "commonjs"

    def _split_handler(
        self, config: Mapping[str, JsonValue], declared: Declaration, folder: _Folder
    ) -> tuple[str, str]:
        """Give the file and method parts of the `handler` setting."""
        if folder.package_type == _BROKEN_PACKAGE and runtimes.asks_package(
            str(config["runtime"]), folder.present
        ):
            self._refuse_file(
                f'The package.json of "{self._reading.shown(declared.folder)}" does'
                " not say which modules Node should take.",
                paths.join(declared.folder, PACKAGE_FILE),
                remedy='Make it JSON whose "type" is "module", "commonjs" or absent.',
            )
        handler = config["handler"]
        parts = handler.split(".") if isinstance(handler, str) else []
        if len(parts) == 2:
            return parts[0], parts[1]
        self._refuse_file(
            f'The handler "{javascript.to_text(handler)}" of @{declared.pragma}'
            f' "{declared.name}" is not a file and a method.',
            folder.config_file,
            remedy="Write file.method, such as index.handler.",
            line=line_of_setting(folder.config, "handler"),
        )
        return "index", "handler"

    def _refuse_file(
        self,
        message: str,
        path: str | None,
        *,
        remedy: str,
        line: int | None = None,
    ) -> None:
        """Report something wrong in a function's own file, or in the manifest."""
        if path is None:
            manifest = self._reading.manifest
            line = line_of_setting(manifest, "handler")
            self._reading.refuse(message, line=line, remedy=remedy)
            return
        config = SourceText(
            self._reading.files.read(path) or "", self._reading.shown(path)
        )
        location = config.locate_line(line or 1)
        self._reading.problems.add(
            Problem(message=message, remedy=remedy, location=location)
        )


_BROKEN_PACKAGE = "broken"


def _resolve_runtime(config: dict[str, JsonValue]) -> None:
    """Turn an alias into the runtime's real name, and a non-string into text."""
    runtime = config.get("runtime")
    if not isinstance(runtime, str):
        config["runtime"] = javascript.to_text(runtime)
        return
    real_name = runtimes.alias_of(runtime)
    if real_name:
        config["runtime"] = real_name
        config["runtimeAlias"] = runtime.lower()


def _stem(folder: str, handler: runtimes.HandlerFile) -> str:
    """Give a handler file's name up to the first dot; without a name, its folder's."""
    path = paths.join(folder, handler.name).rstrip("/")
    return os.path.basename(path).split(".")[0]  # noqa: PTH119 - a name


def declare_named(
    reading: Reading, reader: FunctionReader, pragma: str, items: Sequence[Item]
) -> list[tuple[Item, Declaration]]:
    """Declare a function for each `name` or `{name: {src}}` of a pragma."""
    declared = []
    for item in items:
        name, settings = _named(item.value)
        if name is None:
            reading.refuse(
                f'@{pragma} cannot have the entry "{as_written(item.value)}".',
                line=item.line,
                remedy="Write one name on a line, and below it, indented by two"
                " spaces, a src if it needs one.",
            )
            continue
        src = settings.get("src") if isinstance(settings, Mapping) else None
        folder = reader.folder(pragma, name, src, item.line)
        if folder is not None:
            declaration = Declaration(
                name=name, pragma=pragma, folder=folder, line=item.line
            )
            declared.append((item, declaration))
    return declared


def _named(value: JsonValue) -> tuple[str | None, JsonValue]:
    if isinstance(value, str):
        return value, None
    if isinstance(value, Mapping) and value:
        return next(iter(value.items()))
    return None, None
