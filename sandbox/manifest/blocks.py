"""A name and the indented lines under it: named vectors and maps.

::

    vector   = string newline { indent scalar newline }
    map      = string newline { indent string { scalar } newline
                                { indent indent scalar { scalar } newline } }
"""

from collections.abc import Iterator
from itertools import islice, takewhile
from typing import NamedTuple

from sandbox.errors import ManifestSyntaxError
from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.lines import (
    INDENT,
    NESTED_INDENT,
    Line,
    TokenLines,
    is_blank,
    is_indented,
    scalars,
)
from sandbox.manifest.nodes import Item, Token
from sandbox.manifest.source_text import SourceText

_KEY_TOKENS = 3
_NESTED_TOKENS = 5


class Taken(NamedTuple):
    """An item, and how many tokens it is made of."""

    item: Item
    length: int


def take_block(source: SourceText, lines: TokenLines, index: int) -> Taken:
    """Take the vector or map whose name is the token at `index`.

    Raises:
        ManifestSyntaxError: the lines below the name are neither.
    """
    name = lines.tokens[index]
    below = _written_lines_below(lines, index)
    if _is_vector(list(islice(below, 2))):
        _check_name(source, name, "list")
        return _take_vector(source, lines, index)
    good = list(takewhile(_is_entry, _written_lines_below(lines, index)))
    if not good:
        raise source.error(
            f'The lines under "{javascript.to_text(name.value)}" are neither a list'
            " of values nor keys with values.",
            offset=name.offset,
            remedy="Indent values by two spaces, without a comment or a blank"
            " indented line right below the name.",
        )
    _check_name(source, name, "map")
    _check_keys(source, good)
    return _take_map(source, lines, index)


def _written_lines_below(lines: TokenLines, index: int) -> Iterator[Line]:
    written = (line for line in lines.lines_from(index) if not is_blank(line))
    return islice(written, 1, None)


def _is_vector(below: list[Line]) -> bool:
    """Tell whether the first two written lines below a name make it a vector's.

    One value on the first line says so, unless a single value nested under it makes
    that line a map's key.
    """
    if not below or len(scalars(below[0])) != 1:
        return False
    return not (
        len(below) > 1
        and is_indented(below[1], NESTED_INDENT)
        and len(scalars(below[1])) == 1
    )


def _is_entry(line: Line) -> bool:
    return is_indented(line) and bool(scalars(line[INDENT:]))


def _check_name(source: SourceText, name: Token, kind: str) -> None:
    if name.kind != "string":
        raise source.error(
            f'"{javascript.to_text(name.value)}" names a {kind}, but is not text.',
            offset=name.offset,
            remedy="Put the name between quotes, or remove the indent below it.",
        )


def _check_keys(source: SourceText, good: list[Line]) -> None:
    """Hold each line of a map to `indent string { scalar }`."""
    for line in good:
        key = scalars(line)[0]
        if key.kind != "string" and not is_indented(line, NESTED_INDENT):
            raise source.error(
                f'"{javascript.to_text(key.value)}" stands where a key is expected,'
                " but is not text.",
                offset=key.offset,
                remedy="Put the key between quotes.",
            )
    for line, below in zip(good, [*good[1:], None], strict=True):
        if len(scalars(line)) != 1 or is_indented(line, NESTED_INDENT):
            continue
        if below is None or len(scalars(below)) != 1:
            raise _missing_value(source, scalars(line)[0])


def _missing_value(source: SourceText, key: Token) -> ManifestSyntaxError:
    return source.error(
        f'The key "{javascript.to_text(key.value)}" has no value.',
        offset=key.offset,
        remedy="Write the value after it, or values below it, indented by four spaces.",
    )


def _take_vector(source: SourceText, lines: TokenLines, index: int) -> Taken:
    """Apply `vector = string newline { indent scalar newline }`."""
    below = lines.lines_from(index)
    length = len(next(below))
    values: list[JsonValue] = []
    for line in takewhile(is_indented, below):
        values += [token.value for token in scalars(line)]
        length += len(line)
    name = lines.tokens[index]
    value = javascript.in_key_order([(str(name.value), values)])
    return Taken(Item(value=value, line=source.line_at(name.offset)), length)


class _MapEntry(NamedTuple):
    key: Token
    values: list[JsonValue]


def _take_map(source: SourceText, lines: TokenLines, index: int) -> Taken:
    """Apply `map = string newline { indent string { scalar } newline { nested } }`.

    Architect's parser counts five tokens too many for each nested line, and so loses
    that much of what follows; it also goes on after a line that ends nested values,
    and so joins the keys of the next map to this one. Both are kept.
    """
    below = lines.lines_from(index)
    length = len(next(below))
    map_entries: list[_MapEntry] = []
    nested = False
    for line in below:
        if is_indented(line) and len(line) > INDENT and line[INDENT].kind == "string":
            written = scalars(line)
            nested = len(written) == 1
            map_entries.append(_MapEntry(line[INDENT], []))
            length += _KEY_TOKENS
            if not nested:
                map_entries[-1].values.extend(t.value for t in written[1:])
                length += len(line) - _KEY_TOKENS
        elif not nested:
            break
        elif is_blank(line):
            length += len(line)
        elif _is_nested_value(line):
            map_entries[-1].values.extend(t.value for t in scalars(line))
            length += _NESTED_TOKENS + len(line)
        else:
            nested = False
    return Taken(_map_item(source, lines.tokens[index], map_entries), length)


def _is_nested_value(line: Line) -> bool:
    return (
        is_indented(line, NESTED_INDENT)
        and len(line) > NESTED_INDENT
        and line[NESTED_INDENT].is_scalar
    )


def _map_item(source: SourceText, name: Token, map_entries: list[_MapEntry]) -> Item:
    pairs: dict[str, JsonValue] = javascript.in_key_order(
        (str(key.value), values[0] if len(values) == 1 else values)
        for key, values in map_entries
    )
    return Item(
        value=javascript.in_key_order([(str(name.value), pairs)]),
        line=source.line_at(name.offset),
        key_lines={
            str(key.value): source.line_at(key.offset) for key, _ in map_entries
        },
    )
