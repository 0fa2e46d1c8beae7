"""YAML text in, plain data out, as js-yaml 4 reads it for Architect: YAML 1.2's core.

`yes` and `on` are text, `0o17` is a number, a date is its ISO text, and an equal key
twice is an error. Only this module imports PyYAML, whose parser gives the nodes.
"""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import yaml

from sandbox.errors import ManifestSyntaxError
from sandbox.json_value import JsonValue
from sandbox.manifest import javascript
from sandbox.manifest.source_text import SourceText

_PLAIN = "plain"
_CORE = "tag:yaml.org,2002:"
_MERGE_KEY = "<<"
_MOST_NODES = 100_000
"""More than any manifest has; aliases of aliases reach it within a few lines."""

_ENDING = "\0\r\n\x85\u2028\u2029#"
"""What follows the blanks of a line that has nothing else, a comment apart."""
_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(
    r"([-+]?)(?:0b([01_]*[01])|0x([0-9a-fA-F_]*[0-9a-fA-F])|0o([0-7_]*[0-7])"
    r"|([0-9](?:[0-9_]*[0-9])?))"
)
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?"
    r"(?:[ \t]*(Z|([-+])(\d\d?)(?::?(\d\d))?))?"
)

_Node: TypeAlias = yaml.Node


class _Loader(yaml.SafeLoader):
    """PyYAML's parser, without its ideas of what plain words mean."""

    yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {  # noqa: RUF012 - PyYAML reads it from the class
        None: [(_PLAIN, re.compile(""))]
    }

    def scan_to_next_token(self) -> None:
        """Skip tabs where YAML 1.2 takes them for white space, as PyYAML does not.

        That is behind something on the line, and on lines with nothing else. At a
        line's begin they would indent, which neither takes.
        """
        while True:
            super().scan_to_next_token()
            blanks = self._tabs_ahead()
            before = self.buffer[self.pointer - self.column : self.pointer]
            would_indent = not before.strip(" ")
            if not blanks or (would_indent and self.peek(blanks) not in _ENDING):
                return
            self.forward(blanks)

    def _tabs_ahead(self) -> int:
        """Give how many blanks stand here, if the first is a tab."""
        length = 0
        if self.peek() == "\t":
            while self.peek(length) in " \t":
                length += 1
        return length


def load_yaml(source: SourceText) -> JsonValue:
    """Read one YAML document.

    Raises:
        ManifestSyntaxError: it does not parse, has a key twice or a tag of its own,
            or grows past all measure through aliases.
    """
    try:
        text = source.text if source.text.endswith("\n") else f"{source.text}\n"
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise source.error(
            f"The YAML does not parse: {error.problem or error.context}.",
            offset=mark.index if mark else 0,
            remedy="Mend the line; put text that begins with * @ & ! or % in quotes.",
        ) from error
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0)
        raise source.error(
            "The YAML has a character that YAML does not allow.",
            offset=position,
            remedy="Remove it.",
        ) from error
    return None if node is None else _Reader(source).value(node)


class _Reader:
    """Turns nodes into plain values, and counts them."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._count = 0
        self._open: set[int] = set()

    def value(self, node: _Node) -> JsonValue:
        """Give what `JSON.stringify` keeps of a node."""
        self._count += 1
        if self._count > _MOST_NODES or id(node) in self._open:
            raise self._error(
                node,
                "The YAML repeats itself without end through its aliases.",
                "Write the values out.",
            )
        self._open.add(id(node))
        try:
            return self._read(node)
        finally:
            self._open.remove(id(node))

    def _read(self, node: _Node) -> JsonValue:
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_CORE}map":
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_CORE}seq":
            return [self.value(part) for part in node.value]
        if isinstance(node, yaml.ScalarNode):
            text = str(node.value)
            if node.tag == f"{_CORE}str":
                return text
            if node.tag in _KINDS:
                value = _plain_scalar(text)
                if isinstance(value, _KINDS[node.tag]):
                    return value
        raise self._error(
            node,
            f'The tag "{node.tag}" is not one that a manifest can have.',
            "Remove the tag.",
        )

    def _mapping(self, node: yaml.MappingNode) -> dict[str, JsonValue]:
        pairs: dict[str, JsonValue] = {}
        merged: dict[str, JsonValue] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _PLAIN and key_node.value == _MERGE_KEY:
                for key, value in self._merged(value_node):
                    if key not in pairs:
                        merged[key] = pairs[key] = value
                continue
            key = self._key(key_node)
            if key in pairs and key not in merged:
                raise self._error(
                    key_node,
                    f'The key "{key}" is already defined.',
                    "Remove one of the two.",
                )
            merged.pop(key, None)
            pairs[key] = self.value(value_node)
        return javascript.parsed_keys(pairs.items())

    def _merged(self, node: _Node) -> list[tuple[str, JsonValue]]:
        value = self.value(node)
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            raise self._error(
                node,
                'The key "<<" merges something that has no keys.',
                "Name a mapping, or a list of mappings.",
            )
        return [pair for part in parts for pair in javascript.entries(part)]

    def _key(self, node: _Node) -> str:
        return javascript.to_text(self.value(node))

    def _error(self, node: _Node, message: str, remedy: str) -> ManifestSyntaxError:
        return self._source.error(message, offset=node.start_mark.index, remedy=remedy)


_KINDS: dict[str, type | tuple[type, ...]] = {
    _PLAIN: object,
    f"{_CORE}null": type(None),
    f"{_CORE}bool": bool,
    f"{_CORE}int": int,
    f"{_CORE}float": (int, float),
}
"""What a scalar with a tag, or with none, may turn out to be."""


def _plain_scalar(text: str) -> JsonValue:
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    integer = _INTEGER.fullmatch(text)
    if integer:
        return _integer(integer)
    if _FLOAT.fullmatch(text) and not text.endswith("_"):
        return _finite(float(text.replace("_", "")))
    if _NOT_FINITE.fullmatch(text):
        return None
    return _timestamp(text) or text


def _integer(found: re.Match[str]) -> JsonValue:
    sign, *written = found.groups()
    digits, base = next(
        (digits, base)
        for digits, base in zip(written, (2, 16, 8, 10), strict=True)
        if digits is not None
    )
    digits = digits.replace("_", "")
    if base == 10:
        return _finite(float(f"{sign}{digits}"))
    number = int(digits, base)
    if number.bit_length() > 1023:
        return None
    return _finite(float(-number if sign == "-" else number))


def _finite(number: float) -> JsonValue:
    """Give a number as JSON can say it: JSON.stringify makes Infinity null."""
    return javascript.as_number(number) if math.isfinite(number) else None


def _timestamp(text: str) -> str | None:
    """Give the ISO text of a date, as JSON.stringify writes a Date."""
    try:
        date = _DATE.fullmatch(text)
        if date:
            year, month, day = map(int, date.groups())
            return _iso(datetime(year, month, day, tzinfo=UTC))
        found = _TIMESTAMP.fullmatch(text)
        return _iso(_moment(found)) if found else None
    except (ValueError, OverflowError):
        return None


def _moment(found: re.Match[str]) -> datetime:
    milliseconds = int((found[7] or "0")[:3].ljust(3, "0"))
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    moment = datetime(
        year, month, day, hour, minute, second, milliseconds * 1000, tzinfo=UTC
    )
    offset = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
    return moment + offset if found[9] == "-" else moment - offset


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
