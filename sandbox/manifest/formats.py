"""Any manifest format in, the one syntax tree out: arc, JSON, YAML, package.json.

JSON and YAML write pragmas as objects or lists; both become the items that the same
lines would be in an arc file, by the rules of `@architect/parser` 8.0.1.
"""

import json
from collections.abc import Callable, Mapping
from typing import NoReturn

from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.nodes import Item, Manifest, Pragma
from sandbox.manifest.parser import parse_arc
from sandbox.manifest.source_text import SourceText

_RESOURCES = frozenset(
    (
        *("app", "events", "http", "indexes", "queues"),
        *("scheduled", "streams", "tables", "ws"),
    )
)
"""Pragmas whose entries are names or routes, each with settings of its own."""
_MUST_HOLD_ENTRIES = _RESOURCES | {"aws", "cdn", "static"}


def parse_manifest(text: str, *, file: str) -> Manifest:
    """Parse a file by its name: `.json`, `.yaml`, `.yml`, else the arc format.

    Raises:
        ManifestSyntaxError: the text is empty, or not of its format.
    """
    if not javascript.trim(text):
        raise SourceText(text, file).error(
            f'The file "{file}" is empty.',
            offset=0,
            remedy="Write at least one pragma into it, or delete it.",
        )
    if file.endswith(".json"):
        return parse_json(text, file=file)
    if file.endswith((".yaml", ".yml")):
        return parse_yaml(text, file=file)
    return parse_arc(text, file=file)


def parse_json(text: str, *, file: str = "arc.json") -> Manifest:
    """Parse a manifest in JSON.

    Raises:
        ManifestSyntaxError: the text is no JSON, or a pragma has a value it cannot.
    """
    source = SourceText(text, file)
    return _to_manifest(source, load_json(source))


def parse_yaml(text: str, *, file: str = "arc.yaml") -> Manifest:
    """Parse a manifest in YAML.

    Raises:
        ManifestSyntaxError: the text is no YAML, or a pragma has a value it cannot.
    """
    # PyYAML takes 30 ms to import, and most apps have no YAML at all.
    from sandbox.manifest.yaml_reader import load_yaml

    source = SourceText(text, file)
    return _to_manifest(source, _unless_too_deep(source, load_yaml))


def parse_package(text: str, *, file: str = "package.json") -> Manifest | None:
    """Parse the `arc` or `architect` key of a package.json; None without either.

    Raises:
        ManifestSyntaxError: the text is no JSON, or a pragma has a value it cannot.
    """
    source = SourceText(text, file)
    package = load_json(source)
    if package is None:
        raise source.error(
            "The package.json holds null.",
            offset=0,
            remedy='Write an object, with the manifest under "arc".',
        )
    if not isinstance(package, Mapping):
        return None
    trees = (package.get(key) for key in ("arc", "architect"))
    tree = next(filter(javascript.is_truthy, trees), None)
    return None if tree is None else _to_manifest(source, tree)


def load_json(source: SourceText) -> JsonValue:
    """Read JSON as `JSON.parse` does; an equal key twice keeps the last value.

    Raises:
        ManifestSyntaxError: the text is no JSON.
    """
    return _unless_too_deep(source, _load_json)


def _load_json(source: SourceText) -> JsonValue:
    try:
        value: JsonValue = json.loads(
            source.text,
            object_pairs_hook=javascript.parsed_keys,
            parse_constant=_refuse_constant,
            parse_int=lambda digits: javascript.as_number(float(digits)),
            parse_float=lambda digits: javascript.as_number(float(digits)),
        )
    except json.JSONDecodeError as error:
        raise source.error(
            f"The JSON does not parse: {error.msg}.",
            offset=min(error.pos, len(source.text)),
            remedy="Fix it here or just before: an extra comma, or a missing quote.",
        ) from error
    except _NotJsonError as error:
        raise source.error(
            f'"{error}" is not a JSON number.',
            offset=max(source.text.find(str(error)), 0),
            remedy="Write a finite number, or text between quotes.",
        ) from error
    return value


class _NotJsonError(Exception):
    """`NaN` and `Infinity`, which Python's reader would take."""


def _refuse_constant(name: str) -> NoReturn:
    raise _NotJsonError(name)


def _unless_too_deep(
    source: SourceText, load: Callable[[SourceText], JsonValue]
) -> JsonValue:
    try:
        return load(source)
    except RecursionError as error:
        raise source.error(
            "The file nests its values too deeply.",
            offset=0,
            remedy="A manifest needs no more than four levels.",
        ) from error


def _to_manifest(source: SourceText, tree: JsonValue) -> Manifest:
    if not isinstance(tree, Mapping):
        raise source.error(
            "The manifest holds no pragmas: it is not an object.",
            offset=0,
            remedy='Write an object whose keys are pragmas, such as {"app": "my-app"}.',
        )
    pragmas = {}
    for name, value in tree.items():
        values = _pragma_values(source, name, value)
        if values is not None:
            items = [Item(value=entry) for entry in values]
            pragmas[name] = Pragma(name=name, items=items)
    pragmas.pop(javascript.PROTOTYPE, None)
    return Manifest(source=source, pragmas=pragmas)


def _pragma_values(
    source: SourceText, name: str, value: JsonValue
) -> list[JsonValue] | None:
    """Give the items of one pragma, or None for a foreign value that is dropped."""
    if name == "app" and not isinstance(value, list):
        return [value]
    if name == "macros" and not isinstance(value, list):
        raise _invalid_pragma(source, name, "a list")
    if isinstance(value, list):
        if name in _RESOURCES:
            return [_resource(source, name, entry) for entry in value]
        return value
    if isinstance(value, Mapping):
        pairs = value.items()
        if name in _RESOURCES:
            return [_resource_pair(source, name, pair) for pair in pairs]
        return [_setting_pair(key, entry) for key, entry in pairs]
    if value is None or name in _MUST_HOLD_ENTRIES:
        raise _invalid_pragma(source, name, "a list or an object")
    return None


def _resource_pair(
    source: SourceText, name: str, pair: tuple[str, JsonValue]
) -> JsonValue:
    key, entry = pair
    if entry is None:
        raise source.error(
            f'The entry "{key}" of "{name}" is null.',
            offset=_offset_of(source, name),
            remedy="Write {} behind it, or a list of names under the pragma.",
        )
    if isinstance(entry, str):
        return [key, entry]
    if isinstance(entry, Mapping):
        return {key: entry} if entry else key
    return None


def _setting_pair(key: str, entry: JsonValue) -> JsonValue:
    return {key: entry} if isinstance(entry, list) else [key, entry]


def _resource(source: SourceText, name: str, entry: JsonValue) -> JsonValue:
    """Give one member of a list of resources as an arc item."""
    if isinstance(entry, (str, list)):
        return entry
    if isinstance(entry, Mapping) and entry:
        key, value = next(iter(entry.items()))
        if isinstance(value, str):
            return [key, value]
        if isinstance(value, Mapping):
            return entry
    raise source.error(
        f'"{json.dumps(entry)}" is not an entry that "{name}" can have.',
        offset=_offset_of(source, name),
        remedy="Write a name, a list of words, or a name with an object of settings.",
    )


def _invalid_pragma(source: SourceText, name: str, kind: str) -> Exception:
    return source.error(
        f'The pragma "{name}" has a value that it cannot have.',
        offset=_offset_of(source, name),
        remedy=f"Make it {kind}.",
    )


def _offset_of(source: SourceText, name: str) -> int:
    """Give where a pragma probably stands in JSON or YAML."""
    return max(source.text.find(f'"{name}"'), source.text.find(f"{name}:"), 0)
