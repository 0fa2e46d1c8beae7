"""Lambda's limits for settings: memory, runtime, storage, time, and layers."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sandbox.errors import Problem, SourceLocation
from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.project import runtimes
from sandbox.project.functions import FunctionDraft
from sandbox.project.reading import Reading
from sandbox.project.settings import line_of_setting

_MOST_LAYERS = 5
_ARN_PARTS = 8


def _from_to(least: int, most: int) -> Callable[[JsonValue], bool]:
    def is_allowed(value: JsonValue) -> bool:
        return (
            isinstance(value, (int, float))
            and javascript.is_integer(value)
            and least <= value <= most
        )

    return is_allowed


class _Limit(NamedTuple):
    key: str
    is_allowed: Callable[[JsonValue], bool]
    remedy_for: Callable[[JsonValue], str]


def _always(remedy: str) -> Callable[[JsonValue], str]:
    return lambda _value: remedy


_LIMITS = (
    _Limit("memory", _from_to(128, 10240), _always("Write 128 to 10240, in MB.")),
    _Limit("runtime", runtimes.exists, runtimes.remedy_for),
    _Limit("storage", _from_to(512, 10240), _always("Write 512 to 10240, in MB.")),
    _Limit("timeout", _from_to(1, 900), _always("Write 1 to 900, in seconds.")),
)


def check_settings(
    reading: Reading,
    aws: Mapping[str, JsonValue],
    functions: Mapping[str, Sequence[FunctionDraft]],
) -> None:
    """Report settings that Lambda would refuse: first those of `@aws`, then others'.

    A function that only repeats a value of `@aws` is not told again.
    """
    limits = _limits(reading)
    for limit in limits:
        value = aws.get(limit.key)
        if not _project_value_is_allowed(limit, value):
            message = f'The {limit.key} of @aws is "{javascript.to_text(value)}".'
            _refuse(reading, message, key=limit.key, remedy=limit.remedy_for(value))
    for pragma, drafts in functions.items():
        for draft in drafts:
            _check_function(reading, aws, pragma, draft, limits)
    _check_layers(reading, aws, functions)


def _limits(reading: Reading) -> Sequence[_Limit]:
    """Give the limits of an app: with plugins, runtimes may be theirs."""
    if not reading.items("plugins"):
        return _LIMITS
    return tuple(
        limit._replace(is_allowed=_exists_or_may_be_a_plugins)
        if limit.key == "runtime"
        else limit
        for limit in _LIMITS
    )


def _exists_or_may_be_a_plugins(value: JsonValue) -> bool:
    return runtimes.exists(value) or runtimes.may_be_a_plugins(value)


def _project_value_is_allowed(limit: _Limit, value: JsonValue) -> bool:
    if value is None or limit.is_allowed(value):
        return True
    if limit.key != "runtime":
        return False
    if not javascript.is_truthy(value):
        return True
    return isinstance(value, str) and bool(runtimes.alias_of(value))


def _check_function(
    reading: Reading,
    aws: Mapping[str, JsonValue],
    pragma: str,
    draft: FunctionDraft,
    limits: Sequence[_Limit],
) -> None:
    for limit in limits:
        value = draft.config.get(limit.key)
        shown = javascript.to_text(value)
        repeats = limit.key in aws and shown == javascript.to_text(aws[limit.key])
        if limit.is_allowed(value) or repeats:
            continue
        message = f'The {limit.key} of @{pragma} "{draft.name}" is "{shown}".'
        _refuse(
            reading, message, key=limit.key, remedy=limit.remedy_for(value), draft=draft
        )


def _refuse(
    reading: Reading,
    message: str,
    *,
    key: str,
    remedy: str,
    draft: FunctionDraft | None = None,
) -> None:
    location = _place_of(reading, key, draft)
    reading.problems.add(Problem(message=message, remedy=remedy, location=location))


def _place_of(
    reading: Reading, key: str, draft: FunctionDraft | None
) -> SourceLocation:
    """Give the line that sets `key`: in a function's own file, else in `@aws`."""
    own = draft.own_config if draft else None
    line = line_of_setting(own, key)
    if own and line:
        return own.location(line)
    line = line_of_setting(reading.manifest, key) or (draft.line if draft else None)
    return reading.manifest.location(line or reading.pragma_line("aws"))


def _check_layers(
    reading: Reading,
    aws: Mapping[str, JsonValue],
    functions: Mapping[str, Sequence[FunctionDraft]],
) -> None:
    region = aws["region"]
    for fact, remedy in _wrong_with_layers(aws.get("layers"), region):
        _refuse(reading, f"@aws {fact}", key="layers", remedy=remedy)
    every = [draft for drafts in functions.values() for draft in drafts]
    for draft in every:
        layers = draft.config.get("layers")
        if layers == aws.get("layers"):
            continue
        for fact, remedy in _wrong_with_layers(layers, region):
            message = f'@{draft.pragma} "{draft.name}" {fact}'
            _refuse(reading, message, key="layers", remedy=remedy, draft=draft)


def _wrong_with_layers(layers: JsonValue, region: JsonValue) -> list[tuple[str, str]]:
    """Give what is wrong with a list of layers: facts, each with its remedy."""
    if not isinstance(layers, list):
        return []
    wrong = []
    if len(layers) > _MOST_LAYERS:
        wrong.append(
            (
                f"has {len(layers)} layers, and Lambda takes {_MOST_LAYERS}.",
                "Remove some, or join them into one.",
            )
        )
    for layer in layers:
        parts = layer.split(":") if isinstance(layer, str) else []
        if len(parts) != _ARN_PARTS or parts[0] != "arn":
            wrong.append(
                (
                    f'has the layer "{javascript.to_text(layer)}", which is not an'
                    " ARN.",
                    "Write arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION.",
                )
            )
        elif parts[3] != region:
            wrong.append(
                (
                    f'has the layer "{layer}" of region "{parts[3]}", while the app'
                    f' is in "{javascript.to_text(region)}".',
                    "Use a layer of the app's own region.",
                )
            )
    return wrong
