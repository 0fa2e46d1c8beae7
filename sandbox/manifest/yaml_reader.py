"""YAML text in, plain data out, as js-yaml 4 reads it for Architect: YAML 1.2's core.

`yes` and `on` are text, `0o17` is a number, a date is its ISO text, and an equal key
twice is an error. PyYAML's parser, by way of `yaml_syntax`, gives the nodes.
"""

import math

import yaml

from sandbox.errors import ManifestSyntaxError
from sandbox.json_value import JsonValue
from sandbox.manifest import javascript, yaml_values
from sandbox.manifest.source_text import SourceText
from sandbox.manifest.yaml_syntax import Loader, StandIns
from sandbox.manifest.yaml_values import PLAIN

_CORE = "tag:yaml.org,2002:"
_MERGE_KEY = "<<"
_MOST_NODES = 100_000
"""More than any manifest has; aliases of aliases reach it within a few lines."""


def load_yaml(source: SourceText) -> JsonValue:
    """Read one YAML document.

    Raises:
        ManifestSyntaxError: it does not parse, has a key twice or a tag of its own,
            or grows past all measure through aliases.
    """
    stand_ins = StandIns(source.text)
    try:
        text = source.text if source.text.endswith("\n") else f"{source.text}\n"
        node = yaml.compose(stand_ins.put_into(text), Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise source.error(
            f"The YAML does not parse: {error.problem or error.context}.",
            offset=mark.index if mark else 0,
            remedy="Fix the line; put text that begins with * @ & ! or % in quotes.",
        ) from error
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0)
        raise source.error(
            "The YAML has a character that YAML does not allow.",
            offset=position,
            remedy="Remove it.",
        ) from error
    return None if node is None else _Reader(source, stand_ins).part(node)


class _Reader:
    """Turns nodes into plain values, and counts them."""

    def __init__(self, source: SourceText, stand_ins: StandIns) -> None:
        self._source = source
        self._stand_ins = stand_ins
        self._count = 0
        self._open: set[int] = set()

    def value(self, node: yaml.Node) -> JsonValue:
        """Give what a node says, with infinity and NaN, which JSON makes null."""
        self._count += 1
        if self._count > _MOST_NODES or id(node) in self._open:
            raise self._error(
                node,
                "The YAML repeats itself without end through its aliases.",
                "Write the values out.",
            )
        self._open.add(id(node))
        try:
            value = self._read(node, node.tag.removeprefix(_CORE))
        except ValueError as error:
            raise self._error(
                node,
                f'The tag "{node.tag}" is not one that a manifest can have here.',
                "Remove the tag.",
            ) from error
        finally:
            self._open.remove(id(node))
        return value

    def _read(self, node: yaml.Node, kind: str) -> JsonValue:
        """Give a node's value; infinity and NaN as such.

        Raises:
            ValueError: its tag says that it is something else.
        """
        if isinstance(node, yaml.ScalarNode):
            text = self._stand_ins.undone_in(str(node.value))
            return yaml_values.scalar(kind, text, is_quoted=bool(node.style))
        if isinstance(node, yaml.SequenceNode):
            parts = [self.part(part) for part in node.value]
            return yaml_values.sequence(kind, parts)
        if isinstance(node, yaml.MappingNode):
            return yaml_values.mapping(kind, self._mapping(node))
        raise ValueError(kind)

    def part(self, node: yaml.Node) -> JsonValue:
        """Give what `JSON.stringify` keeps of a node."""
        value = self.value(node)
        is_finite = not isinstance(value, float) or math.isfinite(value)
        return value if is_finite else None

    def _mapping(self, node: yaml.MappingNode) -> dict[str, JsonValue]:
        pairs: dict[str, JsonValue] = {}
        merged: dict[str, JsonValue] = {}
        if not node.flow_style:
            self._check_first_key(node)
        for key_node, value_node in node.value:
            if key_node.tag == PLAIN and key_node.value == _MERGE_KEY:
                for key, value in self._merged(value_node):
                    if key not in pairs:
                        merged[key] = pairs[key] = value
                continue
            key = javascript.to_text(self.value(key_node))
            if key in pairs and key not in merged:
                raise self._error(
                    key_node,
                    f'The key "{key}" is already defined.',
                    "Remove one of the two.",
                )
            merged.pop(key, None)
            pairs[key] = self.part(value_node)
        return javascript.parsed_keys(pairs.items())

    def _check_first_key(self, node: yaml.MappingNode) -> None:
        """Hold a block's first key to be bare: js-yaml takes a tag for the block's."""
        text = self._source.text
        for key_node, _ in node.value[:1]:
            start = key_node.start_mark.index
            is_marked = text[:start].rstrip(" \t").endswith("?")
            if text.startswith(("&", "!"), start) and not is_marked:
                raise self._error(
                    key_node,
                    "The first key of a mapping has a tag or an anchor.",
                    "Put it on a line of its own, above the mapping.",
                )

    def _merged(self, node: yaml.Node) -> list[tuple[str, JsonValue]]:
        value = self.value(node)
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            raise self._error(
                node,
                'The key "<<" merges something that has no keys.',
                "Name a mapping, or a list of mappings.",
            )
        return [pair for part in parts for pair in javascript.entries(part)]

    def _error(self, node: yaml.Node, message: str, remedy: str) -> ManifestSyntaxError:
        return self._source.error(message, offset=node.start_mark.index, remedy=remedy)
