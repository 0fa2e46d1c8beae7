"""`@events`, `@queues` and `@ws`: named functions without a schedule or a route."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.nodes import Item
from sandbox.project.functions import (
    Declaration,
    FunctionDraft,
    FunctionReader,
    declare_named,
)
from sandbox.project.names import NameRules
from sandbox.project.reading import Reading, name_and_settings, setting
from sandbox.project.settings import as_json_keeps

_WEBSOCKET_ROUTES = ("connect", "default", "disconnect")
_PERIODS = (
    (re.compile(r"\A\."), "starts with a period."),
    (re.compile(r"\.\Z"), "ends with a period."),
    (re.compile(r"\.\."), "has two periods in a row."),
)


def read_events(reading: Reading, reader: FunctionReader) -> list[FunctionDraft]:
    """Read and check `@events`."""
    declared = declare_named(reading, reader, "events", reading.items("events"))
    drafts = [reader.read(declaration) for _, declaration in declared]
    _check_topic_names(NameRules(reading, "@events"), drafts)
    return drafts


def read_queues(
    reading: Reading, reader: FunctionReader, aws: Mapping[str, JsonValue]
) -> list[FunctionDraft]:
    """Read and check `@queues`; a queue is FIFO unless it or `@aws` says no."""
    declared = declare_named(reading, reader, "queues", reading.items("queues"))
    rules = NameRules(reading, "@queues")
    drafts = []
    for item, declaration in declared:
        fields = _queue_fields(item, aws)
        drafts.append(
            reader.read(
                replace(declaration, fields=fields, settings={"fifo": fields["fifo"]})
            )
        )
    _check_topic_names(rules, drafts)
    for draft in drafts:
        _check_queue(rules, draft)
    return drafts


def _queue_fields(item: Item, aws: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    named = name_and_settings(item.value)
    settings = named[1] if named else None
    fifo = setting(settings, "fifo")
    default = as_json_keeps(aws).get("fifo")
    return {
        "fifo": next((value for value in (fifo, default) if value is not None), True),
        "batchSize": setting(settings, "batchSize"),
        "batchWindow": setting(settings, "batchWindow"),
    }


def _check_queue(rules: NameRules, draft: FunctionDraft) -> None:
    if not isinstance(draft.fields["fifo"], bool):
        rules.refuse(
            f'The fifo of "{draft.name}" is'
            f' "{javascript.to_text(draft.fields["fifo"])}".',
            line=draft.line,
            remedy="Write fifo true or fifo false.",
        )
    for key in ("batchSize", "batchWindow"):
        value = draft.fields[key]
        if value is not None and not javascript.is_integer(value):
            rules.refuse(
                f'The {key} of "{draft.name}" is "{javascript.to_text(value)}".',
                line=draft.line,
                remedy="Write a whole number.",
            )


def _check_topic_names(rules: NameRules, drafts: Sequence[FunctionDraft]) -> None:
    """Hold names to what SNS and SQS take, with room for Architect's own part."""
    rules.hold_to_unique((draft.name, draft.line) for draft in drafts)
    for draft in drafts:
        rules.hold_to_very_loose(draft.name, draft.line)
        rules.hold_to_size(draft.name, 1, 246, draft.line)
        for pattern, fact in _PERIODS:
            if pattern.search(draft.name):
                rules.refuse(
                    f'"{draft.name}" {fact}', line=draft.line, remedy="Rename it."
                )
        if draft.name.lower().startswith(("aws", "amazon")):
            rules.refuse(
                f'"{draft.name}" starts with a name that AWS keeps for itself.',
                line=draft.line,
                remedy="Do not begin it with aws or amazon.",
            )


def read_websockets(reading: Reading, reader: FunctionReader) -> list[FunctionDraft]:
    """Read and check `@ws`; the three routes that API Gateway needs are put in."""
    if not reading.has("ws"):
        return []
    items = reading.items("ws")
    missing = [
        Item(value=route, line=reading.pragma_line("ws"))
        for route in _WEBSOCKET_ROUTES
        if not any(_declares(item.value, route) for item in items)
    ]
    declared = declare_named(reading, reader, "ws", [*missing, *items])
    drafts = [reader.read(_without_dollar(declaration)) for _, declaration in declared]
    rules = NameRules(reading, "@ws")
    rules.hold_to_unique((draft.name, draft.line) for draft in drafts)
    for draft in drafts:
        rules.hold_to_size(draft.name, 1, 255, draft.line)
        rules.hold_to_very_loose(draft.name, draft.line)
    return drafts


def _declares(value: JsonValue, route: str) -> bool:
    return value == route or javascript.is_truthy(setting(value, route))


def _without_dollar(declared: Declaration) -> Declaration:
    """Forgive `$connect` for `connect`."""
    bare = declared.name.removeprefix("$")
    name = bare if bare in _WEBSOCKET_ROUTES else declared.name
    return replace(declared, name=name, fields={"route": name})
