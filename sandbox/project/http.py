"""`@http`: its routes, the rules their paths follow, their order, who owns the root."""

import re
from collections.abc import Mapping, Sequence

from sandbox.json_value import JsonValue
from sandbox.manifest.nodes import Item
from sandbox.project.function_names import folder_name
from sandbox.project.functions import Declaration, FunctionDraft, FunctionReader
from sandbox.project.names import NameRules
from sandbox.project.reading import Reading, as_written
from sandbox.project.route_order import paths_in_order
from sandbox.project.runtimes import HandlerFile
from sandbox.project.settings import default_function_settings

METHODS = ("get", "post", "put", "patch", "delete", "options", "head", "any")
"""In the order in which the inventory lists them."""
STATIC_ASSET_PROXY = "arcStaticAssetProxy"
ASSET_PROXY_FOLDER = "<asap>"
"""Stands for the source of Architect's own static asset proxy."""

_FORBIDDEN = re.compile(r"[^a-zA-Z0-9/\-:._*]")
_BAD_PART_END = re.compile(r"[-._](?:/|\Z)")
_GOOD_PARAMETER = re.compile(r"/:[A-Za-z0-9_.\-]+(?:/|\Z)")
_LATE_PARAMETER = re.compile(r"/[A-Za-z0-9_]+:[A-Za-z0-9_]*")


def read_http(reading: Reading, reader: FunctionReader) -> list[FunctionDraft]:
    """Read and check the routes of `@http`, in Architect's order."""
    drafts = [
        reader.read(declared)
        for item in reading.items("http")
        if (declared := _declare(reading, reader, item))
    ]
    rules = NameRules(reading, "@http")
    rules.hold_to_unique((draft.name, draft.line) for draft in drafts)
    for draft in drafts:
        _check_route(rules, draft)
    return drafts


def _declare(
    reading: Reading, reader: FunctionReader, item: Item
) -> Declaration | None:
    """Declare the function of a `method path` line, or of a `/path` map."""
    written = _method_path_src(item.value)
    if written is None:
        reading.refuse(
            f'@http cannot have the entry "{as_written(item.value)}".',
            line=item.line,
            remedy="Write a method and a path, such as get /about; or the path alone,"
            " and below it, indented by two spaces, method and src.",
        )
        return None
    method, path, src = written
    name = f"{method} {path}"
    folder = reader.folder("http", method + folder_name(path), src, item.line)
    if folder is None:
        return None
    return Declaration(
        name=name,
        pragma="http",
        folder=folder,
        line=item.line,
        fields={"method": method, "path": path},
        settings={"views": True} if method in ("get", "any") else {},
    )


def _method_path_src(value: JsonValue) -> tuple[str, str, JsonValue] | None:
    method: JsonValue = None
    path: JsonValue = None
    src: JsonValue = None
    if isinstance(value, list) and len(value) == 2:
        method, path = value
    elif isinstance(value, Mapping) and value:
        path, settings = next(iter(value.items()))
        if isinstance(settings, Mapping):
            method, src = settings.get("method"), settings.get("src")
    if isinstance(method, str) and isinstance(path, str):
        return method.lower(), path, src
    return None


def _check_route(rules: NameRules, draft: FunctionDraft) -> None:
    method, path = str(draft.fields["method"]), str(draft.fields["path"])
    if method not in METHODS:
        rules.refuse(
            f'"{method}" in "{draft.name}" is not a method.',
            line=draft.line,
            remedy=f"Write one of: {' '.join(METHODS)}.",
        )
    for fact, remedy in _wrong_with(path):
        rules.refuse(f'"{draft.name}" {fact}', line=draft.line, remedy=remedy)


def _wrong_with(path: str) -> list[tuple[str, str]]:
    """Give what is wrong with a path: facts, each with its remedy."""
    forbidden = " ".join(dict.fromkeys(_FORBIDDEN.findall(path)))
    longer = len(path) > 1
    rules = (
        (
            bool(forbidden),
            f"has characters that a path may not have: {forbidden}",
            "Use letters, digits and / - : . _ * only.",
        ),
        (
            longer and path[0] != "/",
            "does not start with a slash.",
            f"Write /{path}.",
        ),
        (
            longer and path[-1] == "/",
            "ends with a slash.",
            f"Write {path.rstrip('/') or '/'}.",
        ),
        (
            longer and "//" in path,
            "has nothing between two slashes.",
            "Write one slash.",
        ),
        (
            longer and bool(_BAD_PART_END.search(path)),
            "has a part that ends with - . or _.",
            "End each part with a letter or a digit.",
        ),
        (
            "/:" in path and not _GOOD_PARAMETER.search(path),
            "has a parameter without a proper name.",
            "Name it with letters and digits, such as /:id.",
        ),
        (
            bool(_LATE_PARAMETER.search(path)),
            "has a colon inside a part.",
            "Put the colon right after a slash, such as /:id.",
        ),
        (
            "*" in path and not path.endswith("/*"),
            "has a * that is not its last part.",
            "End the path with /*.",
        ),
    )
    return [(fact, remedy) for wrong, fact, remedy in rules if wrong]


def nameable_path(path: str) -> str:
    """Give the path of a route that takes `path` and that a manifest can name.

    That is `path` itself, or a `/*` above the first part that no line may have, such
    as an empty or a percent-encoded one.
    """
    if not _wrong_with(path):
        return path
    named = ""
    for part in path.split("/")[1:]:
        longer = f"{named}/{part}"
        if not part or _wrong_with(longer):
            break
        named = longer
    return f"{named}/*"


def root_handler(reading: Reading, drafts: Sequence[FunctionDraft]) -> str:
    """Tell who answers at `/`: a route's name, `proxy` or the static asset proxy."""
    if reading.has("proxy"):
        return "proxy"
    found: FunctionDraft | None = None
    for draft in drafts:
        if _can_take_root(draft) and (found is None or _replaces(draft, found)):
            found = draft
    return found.name if found else STATIC_ASSET_PROXY


def _can_take_root(draft: FunctionDraft) -> bool:
    path = str(draft.fields["path"])
    return draft.fields["method"] in ("get", "any") and (
        path in ("/", "/*") or (path.startswith("/:") and path.count("/") == 1)
    )


def _replaces(draft: FunctionDraft, found: FunctionDraft) -> bool:
    """Tell whether a later route takes the root from an earlier one.

    `/` wins over captures; between equals, the last `get` wins.
    """
    is_literal = draft.fields["path"] == "/"
    was_literal = found.fields["path"] == "/"
    if is_literal != was_literal:
        return is_literal
    return draft.fields["method"] == "get"


def static_asset_proxy() -> FunctionDraft:
    """Give Architect's own function that serves assets where no route has the root."""
    return FunctionDraft(
        name="get /*",
        pragma="http",
        folder=ASSET_PROXY_FOLDER,
        config=default_function_settings() | {"shared": False, "views": False},
        handler=HandlerFile("index.js"),
        handler_method="handler",
        config_file=None,
        line=None,
        fields={"method": "get", "path": "/*"},
        is_static_asset_proxy=True,
    )


def in_order(drafts: Sequence[FunctionDraft]) -> list[FunctionDraft]:
    """Sort routes: by method, deeper first, captures last, static before parameter."""
    by_method: dict[str, dict[str, FunctionDraft]] = {method: {} for method in METHODS}
    for draft in drafts:
        routes = by_method.get(str(draft.fields["method"]), {})
        routes.setdefault(str(draft.fields["path"]), draft)
    return [
        routes[path] for routes in by_method.values() for path in paths_in_order(routes)
    ]
