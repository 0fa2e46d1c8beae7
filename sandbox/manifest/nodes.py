"""The syntax tree that every manifest format gives: pragmas of located plain values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from sandbox.errors import SourceLocation
from sandbox.json_value import JsonValue
from sandbox.manifest.source_text import SourceText

Scalar: TypeAlias = str | int | float | bool
TokenKind: TypeAlias = Literal[
    "pragma", "comment", "space", "newline", "string", "number", "boolean"
]


class Token(NamedTuple):
    """One lexeme of the arc format; spaces and line ends are tokens too."""

    kind: TokenKind
    value: Scalar
    offset: int
    """Where it starts in the text, counted from 0."""

    @property
    def is_scalar(self) -> bool:
        """Whether this token carries a value."""
        return self.kind in ("string", "number", "boolean")

    @property
    def is_empty(self) -> bool:
        """Whether this token only spaces others out."""
        return self.kind in ("space", "newline", "comment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a pragma.

    A scalar is itself, a line of words a list, a named vector `{name: [...]}` and a
    map `{name: {key: scalar or list}}`.
    """

    value: JsonValue
    line: int | None = None
    """Counted from 1; None where the format does not tell (JSON, YAML)."""
    key_lines: Mapping[str, int] = field(default_factory=dict)
    """For a map, the line of each of its keys."""

    def settings(self) -> Iterator[tuple[tuple[str, ...], int | None]]:
        """Give the names that lead to each thing it sets, with the line of that."""
        match self.value:
            case [str(name), *_]:
                yield (name,), self.line
            case Mapping() as named:
                for name, inner in named.items():
                    yield (name,), self.line
                    for key in inner if isinstance(inner, Mapping) else ():
                        yield (name, key), self.key_lines.get(key, self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pragma:
    """A pragma and its items, in order."""

    name: str
    """Without the `@`."""
    items: Sequence[Item]
    line: int | None = None

    @property
    def values(self) -> list[JsonValue]:
        """The items as plain values."""
        return [item.value for item in self.items]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A whole text, parsed."""

    source: SourceText
    pragmas: Mapping[str, Pragma]
    """By name, in the order of appearance."""

    def items(self, name: str) -> Sequence[Item] | None:
        """Give the items of a pragma, or None where the text has no such pragma."""
        pragma = self.pragmas.get(name)
        return None if pragma is None else pragma.items

    def plain(self) -> dict[str, JsonValue]:
        """Give the tree as plain data: `{pragma: [items]}`."""
        return {name: pragma.values for name, pragma in self.pragmas.items()}

    def location(self, line: int | None) -> SourceLocation:
        """Give a line as a place that a message can point at; None is the file."""
        if line is None:
            return SourceLocation(file=self.source.file, line=1)
        return self.source.locate_line(line)
