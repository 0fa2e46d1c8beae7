"""`@plugins` and `@macros`: whether they are there; this sandbox does not run them."""

import re

from sandbox.json_value import JsonValue
from sandbox.manifest.nodes import Item
from sandbox.project.reading import Reading, as_written, name_and_settings, setting

_NAME = re.compile(r"[a-zA-Z0-9/\-._]*")
_PRAGMAS = ("plugins", "macros")
_ENTRIES = ("index.js", "index.mjs", "package.json")
"""What makes a folder a module."""


def check_plugins(reading: Reading) -> None:
    """Report plugins that Architect would not find when it deploys."""
    for pragma in _PRAGMAS:
        for item in reading.items(pragma):
            _check(reading, pragma, item)


def _check(reading: Reading, pragma: str, item: Item) -> None:
    name, src = _name_and_src(item.value)
    if name is None or not _NAME.fullmatch(name) or name == "_methods":
        reading.refuse(
            f'"{as_written(item.value)}" cannot be the name of a plugin.',
            line=item.line,
            remedy="Use letters, digits and / - . _ only.",
        )
    elif not _is_there(reading, pragma, name, src):
        reading.refuse(
            f'The plugin "{name}" of @{pragma} was not found.',
            line=item.line,
            remedy=f'Create "{src}", or correct src.'
            if src
            else f"Install it with npm install {_package(name)}, or create"
            f" src/{pragma}/{name}.js.",
        )


def _package(name: str) -> str:
    """Give npm's name: the manifest has a scope without its @, as in `scope/name`."""
    return f"@{name}" if "/" in name else name


def _name_and_src(value: JsonValue) -> tuple[str | None, JsonValue]:
    if isinstance(value, str):
        return value, None
    named = name_and_settings(value)
    return (named[0], setting(named[1], "src")) if named else (None, None)


def _is_there(reading: Reading, pragma: str, name: str, src: JsonValue) -> bool:
    own = src if isinstance(src, str) else f"src/{pragma}/{name}"
    candidates = [own, f"{own}.js", f"{own}.mjs"]
    if not src:
        candidates += [f"node_modules/{name}", f"node_modules/@{name}"]
    return any(_is_module(reading, path) for path in candidates)


def _is_module(reading: Reading, path: str) -> bool:
    """Tell whether Node would load something from there."""
    kind = reading.files.kind(reading.path(path))
    if kind != "folder":
        return kind is not None
    return bool(reading.files.present(reading.path(path), _ENTRIES))
