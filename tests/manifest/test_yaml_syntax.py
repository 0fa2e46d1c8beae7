"""Holds YAML's syntax to version 1.2, as js-yaml reads it."""

import pytest

from sandbox.errors import ManifestSyntaxError
from sandbox.json_value import JsonValue
from sandbox.manifest.source_text import SourceText
from sandbox.manifest.yaml_reader import load_yaml


def read(text: str) -> JsonValue:
    """Read a text of YAML."""
    return load_yaml(SourceText(text, "arc.yaml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b\tc", {"a": "b\tc"}),
        ("a: b\t# c", {"a": "b"}),
        ("a\tb: c", {"a\tb": "c"}),
        ("a: b\n  \tc", {"a": "b c"}),
        ("a: b\n\n\n  c", {"a": "b\n\nc"}),
        ("a: b\n\t\n  c", {"a": "b\nc"}),
        ("a: [b\n  c, d\n]", {"a": ["b c", "d"]}),
        ("a: b\u2028c\nd: \x85", {"a": "b\u2028c", "d": "\x85"}),
        ('a: "\\L\ue000\u2029"', {"a": "\u2028\ue000\u2029"}),
        ("[a?b, -c, a:b, :d, ?e]", ["a?b", "-c", "a:b", ":d", "?e"]),
        ('{"a":b, c: :d}', {"a": "b", "c": ":d"}),
        ("[a :b]", ["a :b"]),
        ("? &a b\n: c", {"b": "c"}),
        ("?", {"null": None}),
        ("a: {\n\tb: [\n\t\tc\n\t]\n}", {"a": {"b": ["c"]}}),
        ("a:\n  &b\n  c: d", {"a": {"c": "d"}}),
        ("[{a?: b}]", [{"a?": "b"}]),
        ("--- a: b\n...\n", {"a": "b"}),
        ("--- [a]\n---\n", None),
        ("- &a:b c\n- *a:b", ["c", "c"]),
        ("[&a c,*a]", ["c", "c"]),
    ],
)
def test_load_yaml_reads_what_yaml_1_2_has(text: str, expected: JsonValue) -> None:
    """Tabs inside text, line separators as characters, and names of any letters."""
    if expected is None:
        with pytest.raises(ManifestSyntaxError):
            read(text)
    else:
        assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["a: [b\nc]", "[-]", "[a, -, b]", "a: 1\n&b: c", "a: b\n\tc", "&", "{?}", "[a,?]"],
)
def test_load_yaml_refuses_what_yaml_1_2_has_not(text: str) -> None:
    """A dash alone in brackets, a name that takes the colon, text out of its place."""
    with pytest.raises(ManifestSyntaxError, match="does not parse"):
        read(text)


@pytest.mark.parametrize("text", ["&a b: c", "a:\n  !!str b: c", "- &a b: c\n  d: e"])
def test_load_yaml_refuses_a_first_key_with_a_tag(text: str) -> None:
    """js-yaml gives the tag to the mapping, and then finds none."""
    with pytest.raises(ManifestSyntaxError, match="has a tag or an anchor"):
        read(text)
