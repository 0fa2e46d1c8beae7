"""The nouns of the pages: what is asked for, what is shown, and where."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from sandbox.inspector.pages.api_reader import ApiReader

Section: TypeAlias = Literal[
    "requests",
    "deliveries",
    "connections",
    "sessions",
    "tables",
    "functions",
    "clock",
    "advice",
    "environment",
]
"""The part of the menu in which a page lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """One request for a page."""

    api: ApiReader
    path: Mapping[str, str] = field(default_factory=dict)
    """The path's parameters by name, percent-decoded."""
    query: Mapping[str, str] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """Give a parameter of the query without space around it; empty without one."""
        return self.query.get(name, "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a page shows: a template, and the values it is filled with."""

    template: str
    title: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, and how its view is made."""

    path: str
    """Such as `/requests/{id}`; a parameter is a whole segment."""
    section: Section
    show: Callable[[PageRequest], View]
    """Raises `ApiError` and `SandboxError`, as the API does."""
