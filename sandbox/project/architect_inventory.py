"""Takes a project, gives the object that `@architect/inventory` 5 makes of its folder.

Pure. Programs get it as ARC_INV; paths are absolute there.
"""

from collections.abc import Mapping
from pathlib import Path

from sandbox.json_value import JsonValue
from sandbox.project.model import Project

_OF_PROJECT = (
    *("preferences", "localPreferencesFile", "globalPreferencesFile"),
    *("defaultFunctionConfig", "rootHandler", "env"),
)
"""What Architect keeps under `_project`, and our inventory beside the pragmas."""
_SEEN_CODE = ("shared", "views")
"""Each has, under its own name again, the folders of the functions that see it."""
_PLACES = frozenset(("src", "handlerFile", "configFile"))


def architect_inventory(project: Project) -> dict[str, JsonValue]:
    """Give `inventory.inv`, with the manifest under `_project.arc` and `.raw`."""
    own = dict(project.inventory)
    manifest = project.manifest_file
    of_project: dict[str, JsonValue] = {
        "type": "aws",
        "cwd": str(project.root),
        "src": str(project.root / str(own.pop("src", "src"))),
        "build": None,
        "manifest": str(manifest) if manifest else None,
        **{name: own.pop(name, None) for name in _OF_PROJECT},
        "arc": project.parsed,
        "raw": project.manifest_text,
        "customRuntimes": None,
    }
    own.pop("manifest", None)
    sources = own.pop("lambdaSrcDirs", None)
    pragmas = {name: _absolute(value, project.root) for name, value in own.items()}
    for name in _SEEN_CODE:
        folders = pragmas.get(name)
        if isinstance(folders, dict):
            folders[name] = _all_absolute(folders.get(name), project.root)
    return {
        "_project": of_project,
        **pragmas,
        "customLambdas": None,
        "lambdaSrcDirs": _all_absolute(sources, project.root),
        "lambdasBySrcDir": _by_folder(pragmas),
    }


def _absolute(value: JsonValue, root: Path) -> JsonValue:
    """Make the paths of functions and folders absolute, at any depth."""
    if isinstance(value, Mapping):
        return {
            name: str(root / inner)
            if name in _PLACES and isinstance(inner, str)
            else _absolute(inner, root)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_absolute(inner, root) for inner in value]
    return value


def _all_absolute(paths: JsonValue, root: Path) -> JsonValue:
    if not isinstance(paths, list | tuple):
        return None
    return [str(root / str(path)) for path in paths]


def _by_folder(pragmas: Mapping[str, JsonValue]) -> JsonValue:
    """Give functions by folder; several that share one are a list."""
    found: dict[str, list[JsonValue]] = {}
    for functions in pragmas.values():
        for function in functions if isinstance(functions, list) else ():
            if isinstance(function, Mapping) and "handlerFile" in function:
                found.setdefault(str(function["src"]), []).append(function)
    return {
        folder: functions[0] if len(functions) == 1 else functions
        for folder, functions in found.items()
    }
