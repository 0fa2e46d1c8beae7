"""Holds what YAML's scalars and tags mean to what js-yaml makes of them."""

import math

import pytest

from sandbox.errors import ManifestSyntaxError
from sandbox.json_value import JsonValue
from sandbox.manifest.source_text import SourceText
from sandbox.manifest.yaml_reader import load_yaml
from sandbox.manifest.yaml_values import PLAIN, scalar


def read(text: str) -> JsonValue:
    """Read a text of YAML."""
    return load_yaml(SourceText(text, "arc.yaml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-13-01", "2021-01-01T00:00:00.000Z"),
        ("2021-02-30", "2021-03-02T00:00:00.000Z"),
        ("0001-01-01", "1901-01-01T00:00:00.000Z"),
        ("2020-01-01 24:00:00", "2020-01-02T00:00:00.000Z"),
        ("1e400", math.inf),
        ("-.inf", -math.inf),
        ("0x1" + "0" * 300, math.inf),
        ("null", None),
        ("yes", "yes"),
    ],
)
def test_scalar_reads_plain_words(text: str, expected: JsonValue) -> None:
    """A date past its month's end is in the next one, and infinity is a number."""
    assert scalar(PLAIN, text, is_quoted=False) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!!set {a, b}", {"a": None, "b": None}),
        ("!!omap [a: 1, b: 2]", [{"a": 1}, {"b": 2}]),
        ("!!pairs [a: 1, a: 2]", [["a", 1], ["a", 2]]),
        ("!!binary aGk=", {"0": 104, "1": 105}),
        ("!!timestamp 2020-01-01", "2020-01-01T00:00:00.000Z"),
        ("[!!map , !!seq , !!str , !!set ]", [{}, [], "", {}]),
        ('!!int "5"', 5),
        ("[.inf, 1e400]", [None, None]),
        ("{.inf: 1, -1e400: 2, .nan: 3}", {"Infinity": 1, "-Infinity": 2, "NaN": 3}),
    ],
)
def test_load_yaml_knows_the_tags_of_js_yaml(text: str, expected: JsonValue) -> None:
    """Each becomes what JSON.stringify makes of it; a key stays a name."""
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("!!set {a: 1}", "!!omap [a: 1, a: 2]", "!!omap [a]", "!!pairs {a: 1}"),
        *("!!binary a", "!!binary é", "!!timestamp x", '!!null ""', "!!int x"),
        *("!!float true", "!!map a", "!!seq {}", "!!foo a", "!!bool"),
    ],
)
def test_load_yaml_refuses_a_tag_that_lies(text: str) -> None:
    """What stands under a tag must be of that kind."""
    with pytest.raises(ManifestSyntaxError, match="tag"):
        read(text)
