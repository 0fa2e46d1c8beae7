"""`@shared` and `@views`: folders of common code, and which functions get them.

Both change the settings of functions that are already read, and run after all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.nodes import Item
from sandbox.project.functions import FunctionDraft
from sandbox.project.names import NameRules
from sandbox.project.reading import Reading, as_written, name_and_settings


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """A folder of common code."""

    src: str
    """As written in the manifest, or the default's absolute path."""
    path: str
    """Absolute."""
    functions: tuple[str, ...]
    """The folders of the functions that get it, each once."""


def read_shared(
    reading: Reading, functions: Mapping[str, Sequence[FunctionDraft]]
) -> SharedFolder | None:
    """Read and check `@shared`.

    Args:
        reading: the app folder.
        functions: every function, by the pragma that an entry names.
    """
    every = [draft for drafts in functions.values() for draft in drafts]
    if all(draft.is_static_asset_proxy for draft in every):
        return None
    found = _find_folder(reading, "shared")
    if found is None:
        return None
    src, chosen = found
    if chosen:
        _choose_shared(reading, functions)
    return _folder(reading, src, [d for d in every if d.config.get("shared") is True])


def read_views(
    reading: Reading, routes: Sequence[FunctionDraft]
) -> SharedFolder | None:
    """Read and check `@views`, which only routes get."""
    if not reading.has("http"):
        if reading.has("views"):
            reading.refuse(
                "@views needs @http, whose routes show them.",
                line=reading.pragma_line("views"),
                remedy="Add @http and its routes, or use @shared.",
            )
        return None
    found = _find_folder(reading, "views")
    if found is None:
        return None
    src, chosen = found
    if chosen:
        _choose_views(reading, routes)
    return _folder(reading, src, [d for d in routes if d.config.get("views") is True])


def _folder(
    reading: Reading, src: str, drafts: Sequence[FunctionDraft]
) -> SharedFolder:
    return SharedFolder(
        src=src,
        path=_absolute(reading, src),
        functions=tuple(dict.fromkeys(draft.folder for draft in drafts)),
    )


def _absolute(reading: Reading, src: str) -> str:
    if src.startswith(reading.root):
        return src
    return reading.path(src).rstrip("/")


def _find_folder(reading: Reading, pragma: str) -> tuple[str, bool] | None:
    """Give the folder, and whether the pragma names functions besides."""
    rules = NameRules(reading, f"@{pragma}")
    items = reading.items(pragma)
    src: str | None = None
    for item in items:
        if not _has_readable_start(item.value):
            rules.refuse(
                f'"{as_written(item.value)}" does not begin with a word.',
                line=item.line,
                remedy="Put the first word between quotes, or take the line out.",
            )
    src_items = [item for item in items if _sets_src(item.value)]
    for item in src_items:
        written = javascript.entries(item.value)[1:2]
        if written and isinstance(written[0][1], str):
            src = written[0][1]
        else:
            rules.refuse(
                "The src is not one path.",
                line=item.line,
                remedy="Write src and one path.",
            )
    if src is not None:
        _check_folder(reading, rules, src, src_items[0].line)
        return src, len(items) > 1
    default = reading.path("src", pragma)
    kind = reading.files.kind(default)
    if kind is None:
        return None
    if kind == "file":
        _refuse_file(rules, reading.shown(default), reading.pragma_line(pragma))
    return default, bool(items)


def _has_readable_start(value: JsonValue) -> bool:
    """Tell whether Architect can look for `src` here: it stops at another type."""
    return (
        not isinstance(value, list)
        or not value
        or value[0] is None
        or isinstance(value[0], str)
    )


def _sets_src(value: JsonValue) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[0], str)
        and value[0].lower() == "src"
    )


def _check_folder(
    reading: Reading, rules: NameRules, src: str, line: int | None
) -> None:
    path = _absolute(reading, src)
    kind = reading.files.kind(path)
    if kind == "file":
        _refuse_file(rules, src, line)
    if kind is None:
        rules.refuse(
            f'The folder "{src}" does not exist.',
            line=line,
            remedy="Create it, or correct its path from the project's folder.",
        )
    if not path.startswith(f"{reading.root}/"):
        rules.refuse(
            f'"{src}" is not a folder inside this project.',
            line=line,
            remedy="Write a path below the project's folder.",
        )


def _refuse_file(rules: NameRules, src: str, line: int | None) -> None:
    rules.refuse(
        f'"{src}" is a file.', line=line, remedy="Make it a folder of modules."
    )


def _choose_shared(
    reading: Reading, functions: Mapping[str, Sequence[FunctionDraft]]
) -> None:
    """Share with the named functions only."""
    rules = NameRules(reading, "@shared")
    for drafts in functions.values():
        for draft in drafts:
            draft.config["shared"] = False
    for item in reading.items("shared"):
        if not isinstance(item.value, list):
            _share_with(rules, functions, item)


def _share_with(
    rules: NameRules, functions: Mapping[str, Sequence[FunctionDraft]], item: Item
) -> None:
    """Share with the functions of one entry: a pragma's name, and theirs below it."""
    named = name_and_settings(item.value)
    pragma = named[0] if named else as_written(item.value)
    if named is None or pragma not in functions:
        rules.refuse(
            f'"{pragma}" names no functions that code could be shared with.',
            line=item.line,
            remedy="Write a pragma's name, and below it, indented by two spaces, the"
            f" functions. It is one of: {' '.join(functions)}.",
        )
        return
    for entry in _shared_entries(named[1]):
        if not _choose(functions[pragma], _shared_name(pragma, entry), "shared"):
            _refuse_unknown(rules, pragma, as_written(entry), item)


def _shared_entries(entries: JsonValue) -> Sequence[JsonValue]:
    """Give what an entry of @shared lists: the lines of a map, or its words."""
    if isinstance(entries, Mapping):
        return [[key, value] for key, value in entries.items()]
    return entries if isinstance(entries, list) else [entries]


def _shared_name(pragma: str, entry: JsonValue) -> str | None:
    """Give the function that is meant: `get /` is two words, any other name is one."""
    if pragma == "http":
        return javascript.join(entry, " ") if isinstance(entry, list) else None
    return entry if isinstance(entry, str) else None


def _choose_views(reading: Reading, routes: Sequence[FunctionDraft]) -> None:
    """Give views to the named routes only."""
    rules = NameRules(reading, "@views")
    for draft in routes:
        draft.config["views"] = False
    for item in reading.items("views"):
        if _sets_src(item.value):
            continue
        if not _choose(routes, _route_name(item.value), "views"):
            _refuse_unknown(rules, "http", as_written(item.value), item)


def _route_name(value: JsonValue) -> str | None:
    """Give the route that an item names; a lone word, even `"get /"`, names none."""
    if isinstance(value, list) and len(value) > 1 and isinstance(value[0], str):
        return f"{value[0].lower()} {javascript.to_text(value[1])}"
    return None


def _choose(drafts: Sequence[FunctionDraft], name: str | None, key: str) -> bool:
    """Set a setting of the function called `name`; False where there is none."""
    draft = next((draft for draft in drafts if draft.name == name), None)
    if draft is None:
        return False
    if not draft.is_static_asset_proxy:
        draft.config[key] = True
    return True


def _refuse_unknown(rules: NameRules, pragma: str, name: str, item: Item) -> None:
    rules.refuse(
        f'"{name}" is not in @{pragma}.',
        line=item.line,
        remedy=f"Write it as it stands under @{pragma}.",
    )
