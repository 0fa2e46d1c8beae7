"""Takes a method and a raw path, gives the route that answers: the only such decision.

Pure. The rules, for HTTP APIs (API Gateway developer guide, "Create routes for HTTP
APIs", routing API requests) in the order Architect registers them:

- a route of the method itself before one of `any`; then deeper paths, literal parts
  before `:params`, and `/*` last: the order in which a project lists its routes
- a trailing slash counts: `/a/` is not `/a`, but it is `/a/*` with nothing captured;
  where a route takes `/a` itself, a shorter `/*` does not take `/a/` in its place
- a `:param` captures one part that is not empty, `/*` all the rest, both decoded
- `/:param` also answers `/`, with an empty value, where nothing else does
- HEAD and OPTIONS are methods like others: a `get` route does not answer them; `any`
  takes every method, PROPFIND too

REST APIs, as `@architect/sandbox` 9 has them: `any`, `head`, `options` and `/*` routes
are not served, and `get /` answers every method and path that nothing else takes; a
trailing slash does not count.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Self, TypeAlias
from urllib.parse import unquote_to_bytes

from sandbox.exchange import Match
from sandbox.project.model import ApiType, Project, Route

_ANY = "any"
_MATCHES_REMEMBERED = 256
REST_METHODS = frozenset(("get", "post", "put", "patch", "delete"))
"""The methods whose routes a REST API serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedPath:
    """A path whose captured part is not percent-encoded UTF-8."""

    part: str


Routed: TypeAlias = Match | MalformedPath | None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A route with its place in the project's order and its parameters' names."""

    order: int
    route: Route
    names: tuple[str, ...]
    is_catching: bool


@dataclass(slots=True)
class _Node:
    """What may follow a path's beginning; filled while building, then only read."""

    literals: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    ending: dict[str, _Entry] = field(default_factory=dict)
    """By method: routes that end here."""
    catching: dict[str, _Entry] = field(default_factory=dict)
    """By method: routes whose `/*` begins here."""


_Found: TypeAlias = tuple[_Entry, tuple[str, ...]]


class Router:
    """A table of routes, compiled: the cost of a match does not grow with the table."""

    def __init__(
        self,
        routes: tuple[Route, ...],
        *,
        api_type: ApiType = "http",
        has_proxy: bool = False,
    ) -> None:
        self._is_rest = api_type == "rest"
        self._root = _Node()
        for order, route in enumerate(routes):
            if not (self._is_rest and route.path.endswith("/*")):
                self._add(order, route)
        self._root_parameters = {} if has_proxy else _root_parameters(routes)
        self._greedy = _greedy_root(routes) if self._is_rest else None
        # People ask for the same few addresses again and again.
        self._remembered = lru_cache(_MATCHES_REMEMBERED)(self._decide)

    @classmethod
    def from_project(cls, project: Project) -> Self:
        """Compile the routes of `project`."""
        return cls(
            project.routes,
            api_type=project.api_type,
            has_proxy=project.proxy_url is not None,
        )

    def match(self, method: str, raw_path: str) -> Routed:
        """Decide who answers.

        Args:
            method: as sent, in capitals.
            raw_path: percent-encoded, beginning with a slash, without the query.
        """
        return self._remembered(method, raw_path)

    def _decide(self, method: str, raw_path: str) -> Routed:
        method = method.lower()
        parts = raw_path.split("/")[1:]
        if self._is_rest and len(parts) > 1 and not parts[-1]:
            parts.pop()
        found = self._best(parts, method)
        if found is not None:
            entry, captured = found
            if self._is_lost(entry, parts, method):
                return None
            return _capture(entry, captured)
        if raw_path == "/":
            return self._match_root_parameter(method)
        return self._match_greedy(raw_path)

    def _add(self, order: int, route: Route) -> None:
        if self._is_rest and route.method == _ANY:
            return
        node, names = self._root, []
        parts = route.path.split("/")[1:]
        is_catching = parts[-1] == "*"
        for part in parts[:-1] if is_catching else parts:
            if part.startswith(":"):
                names.append(part[1:])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(part, _Node())
        if is_catching:
            names.append("proxy")
        entry = _Entry(order, route, tuple(names), is_catching)
        (node.catching if is_catching else node.ending).setdefault(route.method, entry)

    def _best(self, parts: list[str], method: str) -> _Found | None:
        found = self._find(self._root, parts, 0, (), method)
        return min(found, key=lambda candidate: candidate[0].order, default=None)

    def _is_lost(self, entry: _Entry, parts: list[str], method: str) -> bool:
        """Tell whether what was found does not count after all."""
        if self._is_rest and entry.route.method not in REST_METHODS:
            return True
        if parts[-1] or len(parts) == 1 or not entry.is_catching:
            return False
        without_slash = self._best(parts[:-1], method)
        return without_slash is not None and not without_slash[0].is_catching

    def _find(
        self,
        node: _Node,
        parts: list[str],
        index: int,
        captured: tuple[str, ...],
        method: str,
    ) -> Iterator[_Found]:
        if index == len(parts):
            if entry := node.ending.get(method) or node.ending.get(_ANY):
                yield entry, captured
            return
        if entry := node.catching.get(method) or node.catching.get(_ANY):
            yield entry, (*captured, "/".join(parts[index:]))
        part = parts[index]
        if following := node.literals.get(_lenient(part)):
            yield from self._find(following, parts, index + 1, captured, method)
        if node.parameter is not None and part:
            captured = (*captured, part)
            yield from self._find(node.parameter, parts, index + 1, captured, method)

    def _match_root_parameter(self, method: str) -> Match | None:
        route = self._root_parameters.get(method) or self._root_parameters.get(_ANY)
        if route is None or self._is_rest:
            return None
        return Match(route=route, path_parameters=((route.path[2:], ""),))

    def _match_greedy(self, raw_path: str) -> Match | None:
        if self._greedy is None:
            return None
        return Match(route=self._greedy, path_parameters=(("proxy", raw_path[1:]),))


def _capture(entry: _Entry, captured: tuple[str, ...]) -> Match | MalformedPath:
    values = []
    for part in captured:
        value = decode_strictly(part)
        if value is None:
            return MalformedPath(part=part)
        values.append(value)
    return Match(
        route=entry.route,
        path_parameters=tuple(zip(entry.names, values, strict=True)),
    )


def decode_strictly(part: str) -> str | None:
    """Undo percent-encoding; None where it is malformed or not UTF-8."""
    if "%" not in part:
        return part
    raw = unquote_to_bytes(part)
    if raw.count(b"%") != part.upper().count("%25"):
        return None  # what is no escape stays as it is
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _lenient(part: str) -> str:
    return decode_strictly(part) or part if "%" in part else part


def _root_parameters(routes: tuple[Route, ...]) -> dict[str, Route]:
    found: dict[str, Route] = {}
    for route in routes:
        if route.path.startswith("/:") and "/" not in route.path[1:]:
            found.setdefault(route.method, route)
    return found


def _greedy_root(routes: tuple[Route, ...]) -> Route | None:
    root = next((r for r in routes if r.name == "get /"), None)
    return None if root is None else replace(root, path="/*")
