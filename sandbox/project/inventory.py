"""Everything that was read, in the shape of `@architect/inventory` 6.1.0.

Paths are relative to the project; `<asap>` stands for the source of Architect's own
static asset proxy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.json_value import JsonValue
from sandbox.project import paths
from sandbox.project.functions import FunctionDraft
from sandbox.project.http import ASSET_PROXY_FOLDER, STATIC_ASSET_PROXY
from sandbox.project.preferences import PreferencesDraft
from sandbox.project.shared import SharedFolder
from sandbox.project.tables import TableDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """All that the pragmas of an app gave, checked."""

    app: str
    aws: Mapping[str, JsonValue]
    defaults: Mapping[str, JsonValue]
    """Function settings with `@aws` laid over them."""
    preferences: PreferencesDraft
    functions: Mapping[str, Sequence[FunctionDraft]]
    """By pragma; `http` with the static asset proxy, where it has the root."""
    tables: Sequence[TableDraft]
    indexes: Sequence[TableDraft]
    root_handler: str | None
    static: dict[str, JsonValue] | bool | None
    cdn: bool | None
    proxy: Mapping[str, JsonValue] | None
    shared: SharedFolder | None
    views: SharedFolder | None


def to_inventory(
    root: str, manifest_file: str | None, drafts: Drafts
) -> dict[str, JsonValue]:
    """Give the inventory of an app."""
    writer = _Writer(root)
    preferences = drafts.preferences
    functions: dict[str, JsonValue] = {
        pragma: writer.functions(found) for pragma, found in drafts.functions.items()
    }
    if drafts.proxy is not None and functions["http"] is None:
        functions["http"] = []
    return {
        "app": drafts.app,
        "aws": dict(drafts.aws),
        "cdn": drafts.cdn,
        "defaultFunctionConfig": dict(drafts.defaults),
        "env": {"aws": None, "local": preferences.environment, "plugins": None},
        "globalPreferencesFile": writer.path(preferences.global_file),
        "lambdaSrcDirs": writer.source_folders(drafts.functions),
        "localPreferencesFile": writer.path(preferences.local_file),
        "manifest": manifest_file,
        "plugins": None,
        "preferences": dict(preferences.merged)
        if preferences.merged is not None
        else None,
        "proxy": None if drafts.proxy is None else dict(drafts.proxy),
        "rootHandler": drafts.root_handler,
        "shared": writer.shared_folder("shared", drafts.shared),
        "src": "src",
        "static": drafts.static,
        "tables": _records(drafts.tables),
        "tables-indexes": _records(drafts.indexes),
        "views": writer.shared_folder("views", drafts.views),
        **functions,
    }


def _records(drafts: Sequence[TableDraft]) -> list[JsonValue] | None:
    return [dict(draft.record) for draft in drafts] or None


class _Writer:
    """Writes paths relative to one project."""

    def __init__(self, root: str) -> None:
        self._root = root

    def path(self, path: str | None) -> str | None:
        if path is None or path.startswith(ASSET_PROXY_FOLDER):
            return path
        return paths.relative(self._root, path)

    def functions(self, drafts: Sequence[FunctionDraft]) -> list[JsonValue] | None:
        return [self._function(draft) for draft in drafts] or None

    def _function(self, draft: FunctionDraft) -> dict[str, JsonValue]:
        record: dict[str, JsonValue] = {
            "name": draft.name,
            **draft.fields,
            "config": dict(draft.config),
            "configFile": self.path(draft.config_file),
            "handlerFile": self.path(draft.handler_path),
            "handlerMethod": draft.handler_method,
            "pragma": draft.pragma,
            "src": self.path(draft.folder),
        }
        if draft.handler.module_system:
            record["handlerModuleSystem"] = draft.handler.module_system
        if draft.is_static_asset_proxy:
            record[STATIC_ASSET_PROXY] = True
        return record

    def source_folders(
        self, functions: Mapping[str, Sequence[FunctionDraft]]
    ) -> list[JsonValue] | None:
        folders = {
            draft.folder
            for drafts in functions.values()
            for draft in drafts
            if not draft.is_static_asset_proxy
        }
        return [self.path(folder) for folder in sorted(folders)] or None

    def shared_folder(
        self, pragma: str, found: SharedFolder | None
    ) -> dict[str, JsonValue] | None:
        if found is None:
            return None
        is_default = found.src.startswith(self._root)
        return {
            "src": self.path(found.src) if is_default else found.src,
            pragma: [self.path(folder) for folder in found.functions],
        }
