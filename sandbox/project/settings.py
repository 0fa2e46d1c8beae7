"""Function settings: the defaults, and how `@aws` and `config.arc` lie over them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.nodes import Manifest
from sandbox.project.model import ApiType
from sandbox.project.reading import Reading
from sandbox.project.runtimes import DEFAULT_RUNTIME

DEFAULT_REGION = "us-west-2"
VALUE_MISSING = "Give each setting a value, or leave the entry out."
"""The remedy for an entry of `@aws` or `@arc` that holds none."""
_PLURALS = {"layer": "layers", "policy": "policies"}
_LISTS = ("layers", "policies")


def default_function_settings() -> dict[str, JsonValue]:
    """Give Architect's settings for a function that says nothing."""
    return {
        "timeout": 5,
        "memory": 1152,
        "runtime": DEFAULT_RUNTIME,
        "architecture": "arm64",
        "handler": "index.handler",
        "state": "n/a",
        "concurrency": "unthrottled",
        "storage": 512,
        "layers": [],
        "policies": [],
        "shared": True,
        "env": True,
    }


def default_aws_settings(region: str) -> dict[str, JsonValue]:
    """Give the project-wide settings before `@aws` is laid over them."""
    return {
        "apigateway": None,
        "bucket": None,
        "concurrency": None,
        "layers": None,
        "memory": None,
        "policies": None,
        "profile": None,
        "region": region,
        "runtime": None,
        "timeout": None,
    }


def overlay(
    settings: Mapping[str, JsonValue], values: Iterable[JsonValue]
) -> dict[str, JsonValue]:
    """Lay the items of an `@aws` or `@arc` pragma over settings.

    A line `key value` sets a scalar, a longer one a list; a vector of one is a scalar;
    lone words are ignored. All layers (and policies) of these items are joined, and
    replace what was there.
    """
    result = dict(settings)
    joined: dict[str, list[JsonValue]] = {name: [] for name in _LISTS}
    for name, value in filter(None, map(_name_and_value, values)):
        if name in joined and javascript.is_truthy(value):
            joined[name] += value if isinstance(value, list) else [value]
        else:
            only_one = isinstance(value, list) and len(value) == 1
            result[name] = value[0] if only_one else value  # type: ignore[index]
    for name, parts in joined.items():
        if parts:
            result[name] = _without_repeats(parts)
    result.pop(javascript.PROTOTYPE, None)
    return result


def _name_and_value(item: JsonValue) -> tuple[str, JsonValue] | None:
    if isinstance(item, list) and item:
        name = javascript.to_text(item[0])
        return _PLURALS.get(name, name), item[1:]
    if isinstance(item, Mapping) and item:
        name, value = next(iter(item.items()))
        return _PLURALS.get(name, name), value
    return None


def _without_repeats(parts: Sequence[JsonValue]) -> list[JsonValue]:
    kept: list[JsonValue] = []
    for part in parts:
        if not any(javascript.same(part, other) for other in kept):
            kept.append(part)
    return kept


def as_json_keeps(settings: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Copy settings as JSON would keep them: an infinite number becomes null."""
    return {key: _as_json_keeps(value) for key, value in settings.items()}


def _as_json_keeps(value: JsonValue) -> JsonValue:
    if value is None or isinstance(value, (str, int)):  # nearly all are
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return as_json_keeps(value)
    if isinstance(value, list):
        return [_as_json_keeps(part) for part in value]
    return value


def has_value(item: JsonValue) -> bool:
    """Tell whether an item of `@aws` or `@arc` can be laid over settings.

    Architect stops at null, at an empty map and at a map whose first value is null,
    which only JSON and YAML can say; it passes over lone words.
    """
    if isinstance(item, Mapping):
        return next(iter(item.values()), None) is not None
    return item is not None


def read_aws(reading: Reading, region: str) -> dict[str, JsonValue]:
    """Read `@aws`, and report an API type that does not exist."""
    values = [item.value for item in reading.items("aws")]
    if not all(map(has_value, values)):
        reading.refuse(
            "@aws has an entry without a value.",
            line=reading.pragma_line("aws"),
            remedy=VALUE_MISSING,
        )
    aws = overlay(default_aws_settings(region), values)
    api_type = aws["apigateway"]
    if javascript.is_truthy(api_type) and api_type not in get_args(ApiType):
        reading.refuse(
            f'The API type "{javascript.to_text(api_type)}" does not exist.',
            line=line_of_setting(reading.manifest, "apigateway"),
            remedy="Write one of: apigateway http, httpv1, httpv2 or rest.",
        )
    if not javascript.is_truthy(aws["region"]):
        reading.refuse(
            "The region of @aws is empty.",
            line=line_of_setting(reading.manifest, "region"),
            remedy="Name one, such as region us-west-2, or remove the line.",
        )
    return aws


def line_of_setting(manifest: Manifest | None, key: str) -> int | None:
    """Give the line on which a file's `@arc` or `@aws` sets `key`, where known."""
    if manifest is None:
        return None
    for pragma in ("arc", "aws"):
        for item in reversed(manifest.items(pragma) or ()):
            named = _name_and_value(item.value)
            if named and named[0] == key:
                return item.line
    return None
