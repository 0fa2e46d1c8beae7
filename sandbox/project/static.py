"""`@static` and `@cdn`: the folder of assets, and what the inventory says of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.nodes import Item
from sandbox.project.model import Static
from sandbox.project.names import NameRules
from sandbox.project.reading import Reading

DEFAULT_FOLDER = "public"
_DEFAULTS: Mapping[str, JsonValue] = {
    "compression": False,
    "fingerprint": None,
    "folder": DEFAULT_FOLDER,
    "ignore": None,
    "prefix": None,
    "prune": None,
    "spa": False,
    "staging": None,
    "production": None,
}


def _is_disabled(value: JsonValue) -> bool:
    return value is False or value in ("disable", "disabled")


def _is_boolean(value: JsonValue) -> bool:
    return value is None or isinstance(value, bool)


def _is_text(value: JsonValue) -> bool:
    return value is None or isinstance(value, str)


def _is_off(value: JsonValue) -> bool:
    return not javascript.is_truthy(value)


def _is_list_of_text(value: JsonValue) -> bool:
    return _is_off(value) or (
        isinstance(value, list) and all(isinstance(part, str) for part in value)
    )


_RULES: Mapping[str, tuple[Callable[[JsonValue], bool], str]] = {
    "compression": (
        lambda value: _is_off(value) or value is True or value in ("br", "gzip"),
        "Write compression true, br or gzip.",
    ),
    "fingerprint": (
        lambda value: _is_off(value) or value is True or value == "external",
        "Write fingerprint true or external.",
    ),
    "ignore": (_is_list_of_text, "Write ignore and one or more words."),
    "prefix": (
        lambda value: _is_off(value) or isinstance(value, str),
        "Write prefix and one word.",
    ),
    "prune": (_is_boolean, "Write prune true or false."),
    "spa": (_is_boolean, "Write spa true or false."),
    "staging": (_is_text, "Write staging and the name of a bucket."),
    "production": (_is_text, "Write production and the name of a bucket."),
}
"""What each setting may be, and how to write it."""


def read_static(reading: Reading) -> dict[str, JsonValue] | bool | None:
    """Read and check `@static`.

    Gives its settings, False where it is disabled, and None where the app has neither
    `@static` nor `@http`.
    """
    if not reading.has("static") and not reading.has("http"):
        return None
    items = reading.items("static")
    if items and _is_disabled(items[0].value):
        return False
    rules = NameRules(reading, "@static")
    settings = dict(_DEFAULTS)
    lines: dict[str, int | None] = {}
    for item in items:
        name = _lay(settings, item, rules)
        if name:
            lines[name] = item.line
    for name, (is_allowed, remedy) in _RULES.items():
        value = settings.get(name)
        if not is_allowed(value):
            rules.refuse(
                f'The {name} is "{javascript.to_text(value)}".',
                line=lines.get(name),
                remedy=remedy,
            )
    return settings


def _lay(settings: dict[str, JsonValue], item: Item, rules: NameRules) -> str | None:
    """Lay one item over the settings, and give which one it set."""
    value = item.value
    if value is None:
        rules.refuse(
            "There is an entry without a value.",
            line=item.line,
            remedy="Give it one, or leave it out.",
        )
    if isinstance(value, Mapping) and javascript.is_truthy(value.get("ignore")):
        _lay_ignored(settings, value["ignore"], item, rules)
        return "ignore"
    if not isinstance(value, list) or not value:
        return None
    name = value[0]
    if not isinstance(name, str) or name not in _DEFAULTS:
        return None
    if name == "ignore":
        _lay_ignored(settings, value[1:], item, rules)
    elif len(value) > 1:
        settings[name] = value[1]
    else:
        settings.pop(name, None)  # JavaScript's undefined, which JSON leaves out
    return name


def _lay_ignored(
    settings: dict[str, JsonValue], ignored: JsonValue, item: Item, rules: NameRules
) -> None:
    known = settings["ignore"]
    added = ignored if isinstance(ignored, list) else [ignored]
    if _is_off(known):
        settings["ignore"] = ignored
    elif (
        isinstance(item.value, Mapping)
        and isinstance(known, list)
        and _is_list_of_text([*known, *added])
    ):
        settings["ignore"] = list(dict.fromkeys([*known, *added]))
    else:
        rules.refuse(
            "There is a second line of words to ignore.",
            line=item.line,
            remedy="Write all of them on one line.",
        )


def read_cdn(reading: Reading) -> bool | None:
    """Read and check `@cdn`; None without it."""
    if not reading.has("cdn"):
        return None
    if not reading.has("http"):
        reading.refuse(
            "@cdn needs @http, whose routes it caches.",
            line=reading.pragma_line("cdn"),
            remedy="Add @http, even without a route.",
        )
        return None
    return not any(_is_disabled(item.value) for item in reading.items("cdn"))


def to_model(reading: Reading, settings: Mapping[str, JsonValue]) -> Static:
    """Give checked settings with the folder's path."""
    fingerprint = settings.get("fingerprint")
    folder = settings.get("folder", _DEFAULTS["folder"])
    return Static(
        folder=Path(reading.path(javascript.to_text(folder))),
        prefix=cast("str | None", settings.get("prefix") or None),
        spa=settings.get("spa") is True,
        fingerprint="external" if fingerprint == "external" else fingerprint is True,
        ignore=tuple(cast("list[str]", settings["ignore"] or [])),
    )
