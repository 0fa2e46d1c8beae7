"""Arc text in, syntax tree out: the grammar of `app.arc`, `config.arc` and `prefs.arc`.

::

    arc      = { pragma { item } }
    item     = array | vector | map | scalar
    array    = scalar scalar { scalar } newline
    vector   = string newline { indent scalar newline }
    map      = string newline { indent string { scalar } newline
                                { indent indent scalar { scalar } newline } }
    indent   = two spaces

What `@architect/parser` 8.0.1 makes of texts that stray from this grammar is kept too
where it gives a value, so that a file means the same here and when deployed.
"""

from itertools import islice

from sandbox.errors import ManifestSyntaxError
from sandbox.manifest import javascript
from sandbox.manifest.blocks import Taken, take_block
from sandbox.manifest.lexer import pragma_name, tokenize
from sandbox.manifest.lines import TokenLines, is_indented, scalars
from sandbox.manifest.nodes import Item, Manifest, Pragma, Token
from sandbox.manifest.source_text import SourceText

_OBJECT_MEMBERS = frozenset(
    (
        *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
        *("toLocaleString", "toString", "valueOf", "__proto__"),
        *("__defineGetter__", "__defineSetter__"),
        *("__lookupGetter__", "__lookupSetter__"),
    )
)
"""Names that Architect's parser takes for already defined pragmas."""


def parse_arc(text: str, *, file: str = "app.arc") -> Manifest:
    """Parse the arc format.

    Args:
        text: the whole file, decoded.
        file: the name that an error shows.

    Raises:
        ManifestSyntaxError: the text does not follow the grammar.
    """
    source = SourceText(text, file)
    tokens = tokenize(source)
    _check_pragmas(source, [token for token in tokens if token.kind == "pragma"])
    return Manifest(source=source, pragmas=_pragmas(source, TokenLines(tokens)))


def _check_pragmas(source: SourceText, pragmas: list[Token]) -> None:
    """Hold a text to at least one pragma, and no pragma to a second time."""
    if not pragmas:
        raise source.error(
            "No pragma was found, and an Architect file has at least one.",
            offset=0,
            remedy="Begin with one: @app in a manifest, @sandbox in preferences, "
            "@aws in a function's config.arc.",
        )
    first: dict[str, Token] = {}
    for token in pragmas:
        text = str(token.value)
        if text in _OBJECT_MEMBERS:
            raise source.error(
                f'Architect cannot take a pragma called "@{text}".',
                offset=token.offset,
                remedy="Give it another name.",
            )
        if text in first:
            line = source.line_at(first[text].offset)
            raise source.error(
                f'The pragma "@{pragma_name(token)}" is already defined'
                f" on line {line}.",
                offset=token.offset,
                remedy="Move its lines there, and remove this one.",
            )
        first[text] = token


def _pragmas(source: SourceText, lines: TokenLines) -> dict[str, Pragma]:
    """Apply `arc = { pragma { item } }`."""
    found: dict[str, Pragma] = {}
    items: list[Item] = []
    index = 0
    while index < len(lines.tokens):
        token = lines.tokens[index]
        if token.kind == "pragma":
            items = []
            name, line = pragma_name(token), source.line_at(token.offset)
            found[name] = Pragma(name=name, items=items, line=line)
        if not token.is_scalar:
            index += 1
            continue
        if not found:
            raise _stray_value(source, token)
        item, length = _take_item(source, lines, index)
        items.append(item)
        index += length
    return javascript.in_key_order(found.items())


def _stray_value(source: SourceText, token: Token) -> ManifestSyntaxError:
    return source.error(
        f'"{javascript.to_text(token.value)}" stands above the first pragma.',
        offset=token.offset,
        remedy="Begin the file with a pragma such as @app, or put # before this line.",
    )


def _take_item(source: SourceText, lines: TokenLines, index: int) -> Taken:
    """Apply `item = array | vector | map | scalar`."""
    token = lines.tokens[index]
    line, *below = islice(lines.lines_from(index), 2)
    if sum(not other.is_empty for other in line) > 1:
        values = [scalar.value for scalar in scalars(line)]
        return Taken(Item(value=values, line=source.line_at(token.offset)), len(line))
    if below and len(below[0]) > 2 and is_indented(below[0]):
        return take_block(source, lines, index)
    return Taken(Item(value=token.value, line=source.line_at(token.offset)), 1)
