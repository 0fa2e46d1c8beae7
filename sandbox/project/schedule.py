"""`@scheduled`: rate and cron expressions, and the rules of EventBridge for them."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.nodes import Item
from sandbox.project.functions import Declaration, FunctionDraft, FunctionReader
from sandbox.project.names import NameRules
from sandbox.project.reading import Reading, as_written, setting

_IN_PARENTHESES = re.compile(r"(rate|cron)\(([^)]*)\)")
_SINGULAR = ("minute", "hour", "day")
_PLURAL = ("minutes", "hours", "days")
_CLOCK_FIELD = re.compile(r"[\d,\-*/]+", re.ASCII)
_CRON_FIELDS = (
    ("minutes", "minutes", _CLOCK_FIELD),
    ("hours", "hours", _CLOCK_FIELD),
    ("dayOfMonth", "day-of-month", re.compile(r"[\d,\-*/?LW]+", re.ASCII)),
    ("month", "month", re.compile(r"[\da-zA-Z,\-*/?LW]+", re.ASCII)),
    ("dayOfWeek", "day-of-week", re.compile(r"[\da-zA-Z,\-*?L#]+", re.ASCII)),
    ("year", "year", _CLOCK_FIELD),
)
"""A cron expression's fields: their names here, in messages, and their characters."""
_ALSO_KNOWN = (
    *("ACT", "AET", "AGT", "ART", "AST", "BET", "BST", "CAT", "CNT", "CST", "CTT"),
    *("EAT", "ECT", "IET", "IST", "JST", "MIT", "NET", "NST", "PLT", "PNT", "PRT"),
    *("PST", "SST", "VST", "US/Pacific-New", "Canada/East-Saskatchewan"),
    *(
        f"SystemV/{zone}"
        for zone in (
            *("AST4", "AST4ADT", "CST6", "CST6CDT", "EST5", "EST5EDT", "HST10"),
            *("MST7", "MST7MDT", "PST8", "PST8PDT", "YST9", "YST9YDT"),
        )
    ),
)
"""Names that ICU, whose database Node has, keeps from older days."""
_UNKNOWN = ("factory", "localtime")
"""Names of the system's database that are no zones."""


def read_scheduled(reading: Reading, reader: FunctionReader) -> list[FunctionDraft]:
    """Read and check `@scheduled`."""
    drafts = [
        reader.read(declared)
        for item in reading.items("scheduled")
        if (declared := _declare(reading, reader, item))
    ]
    rules = NameRules(reading, "@scheduled")
    rules.hold_to_unique((draft.name, draft.line) for draft in drafts)
    for draft in drafts:
        rules.hold_to_very_loose(draft.name, draft.line)
        rules.hold_to_size(draft.name, 1, 242, draft.line)
        _check(rules, draft)
    return drafts


class _Written(NamedTuple):
    """What an item says."""

    name: str
    rate: str | None = None
    cron: str | None = None
    timezone: JsonValue = None
    src: JsonValue = None


def _declare(
    reading: Reading, reader: FunctionReader, item: Item
) -> Declaration | None:
    written = _written(item.value)
    if written is None:
        reading.refuse(
            f'@scheduled cannot have the entry "{as_written(item.value)}".',
            line=item.line,
            remedy="Write a name and rate(1 day), or cron(0 10 * * ? *).",
        )
        return None
    folder = reader.folder("scheduled", written.name, written.src, item.line)
    if folder is None:
        return None
    return Declaration(
        name=written.name,
        pragma="scheduled",
        folder=folder,
        line=item.line,
        fields={
            "rate": None if written.rate is None else _rate(written.rate),
            "cron": None if written.cron is None else _cron(written.cron),
            "timezone": written.timezone
            if javascript.is_truthy(written.timezone)
            else None,
        },
    )


def _written(value: JsonValue) -> _Written | None:
    """Read `name rate(…)`, or a map with rate, cron, timezone and src."""
    if isinstance(value, list) and value and isinstance(value[0], str):
        found = _IN_PARENTHESES.fullmatch(_words(value[1:]))
        kind, expression = found.groups() if found else (None, None)
        return _Written(
            name=value[0],
            rate=expression if kind == "rate" else None,
            cron=expression if kind == "cron" else None,
        )
    if not isinstance(value, Mapping) or not value:
        return None
    name, settings = next(iter(value.items()))
    expressions = [setting(settings, kind) for kind in ("rate", "cron")]
    if not all(_is_expression(expression) for expression in expressions):
        return None
    rate, cron = (
        _words(part) if javascript.is_truthy(part) else None for part in expressions
    )
    return _Written(
        name, rate, cron, setting(settings, "timezone"), setting(settings, "src")
    )


def _is_expression(value: JsonValue) -> bool:
    return not javascript.is_truthy(value) or isinstance(value, (str, list))


def _words(value: JsonValue) -> str:
    if isinstance(value, list):
        return javascript.join(value, " ")
    return javascript.to_text(value)


def _fields(expression: str) -> list[JsonValue]:
    """Split at spaces; numeric words become numbers."""
    fields: list[JsonValue] = []
    for word in expression.split(" "):
        number = javascript.to_number(word)
        fields.append(word if number is None else number)
    return fields


def _rate(expression: str) -> dict[str, JsonValue]:
    value, *rest = _fields(expression)
    interval = rest[0] if rest else None
    if isinstance(interval, str):
        interval = interval.lower()
    return {"expression": expression, "value": value, "interval": interval}


def _cron(expression: str) -> dict[str, JsonValue]:
    fields = _fields(expression)
    fields += [None] * (len(_CRON_FIELDS) - len(fields))
    names = [name for name, _, _ in _CRON_FIELDS]
    return {"expression": expression} | dict(zip(names, fields, strict=False))


def _check(rules: NameRules, draft: FunctionDraft) -> None:
    rate, cron = draft.fields["rate"], draft.fields["cron"]
    wrong: list[tuple[str, str]] = []
    if isinstance(cron, Mapping):
        wrong += _wrong_with_cron(cron)
    if isinstance(rate, Mapping):
        wrong += _wrong_with_rate(rate)
    if cron is None and rate is None:
        wrong.append(
            ("has neither a rate nor a cron.", "Add rate(1 day) after the name.")
        )
    if cron is not None and rate is not None:
        wrong.append(("has a rate and a cron.", "Keep one of the two."))
    timezone = draft.fields["timezone"]
    if timezone is not None and not _is_timezone(timezone):
        wrong.append(
            (
                f'has the timezone "{javascript.to_text(timezone)}", which does not '
                "exist.",
                "Write one of the IANA database, such as Europe/Paris.",
            )
        )
    for fact, remedy in wrong:
        rules.refuse(f'"{draft.name}" {fact}', line=draft.line, remedy=remedy)


def _wrong_with_cron(cron: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    expression = str(cron["expression"])
    if len(expression.split(" ")) != len(_CRON_FIELDS):
        return [
            (
                f"has cron({expression}), which has not six fields.",
                "Write minutes, hours, day of month, month, day of week and year,"
                " with one space between them.",
            )
        ]
    return [
        (
            f'has cron({expression}), whose {shown} "{javascript.to_text(cron[name])}"'
            " are not valid.",
            "See the EventBridge cron reference for what a field may hold.",
        )
        for name, shown, pattern in _CRON_FIELDS
        if not pattern.fullmatch(javascript.to_text(cron[name]))
    ]


def _wrong_with_rate(rate: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    expression, value, interval = rate["expression"], rate["value"], rate["interval"]
    shown = f"has rate({expression}), "
    if len(str(expression).split(" ")) != 2:
        return [
            (f"{shown}which has not two fields.", "Write a number and an interval.")
        ]
    wrong = []
    whole = isinstance(value, (int, float)) and javascript.is_integer(value)
    if not whole or not isinstance(value, (int, float)) or value <= 0:
        wrong.append(
            (
                f"{shown}whose value is not a whole number from 1 on.",
                "Write rate(1 day).",
            )
        )
    if interval not in _SINGULAR + _PLURAL:
        wrong.append(
            (
                f"{shown}whose interval does not exist.",
                "Write minute(s), hour(s) or day(s).",
            )
        )
    elif isinstance(value, (int, float)) and value >= 1:
        expected = _SINGULAR if value == 1 else _PLURAL
        if interval not in expected:
            wrong.append(
                (
                    f'{shown}whose interval does not go with "{value}".',
                    "Write the singular after 1, the plural after more.",
                )
            )
    return wrong


def _is_timezone(value: JsonValue) -> bool:
    """Tell whether Node knows this name, in any case: the IANA database's, and more."""
    if not isinstance(value, str) or not javascript.trim(value):
        return False
    known = _timezones()
    # A system without the database cannot tell; EventBridge will.
    return not known or value.lower() in known


@cache
def _timezones() -> frozenset[str]:
    """Give the names in lower case; they are looked for on the disk, which takes long.

    None at all where the system has no database of them.
    """
    from zoneinfo import available_timezones  # few apps name one

    known = available_timezones()
    names = {name.lower() for name in (*known, *_ALSO_KNOWN)} if known else set()
    return frozenset(names.difference(_UNKNOWN))
