"""Holds the grammar of the arc format, its oddities included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ManifestSyntaxError
from sandbox.manifest.parser import parse_arc

ARC_PIECES = st.sampled_from(
    [
        *("@app\n", "@http # x\n", "@", "#", "x", "5", "true", '"', "'", "\\", "{"),
        *(" ", "  ", "    ", "\t", "\n", "\r\n", "\r", "\x00", "\x0c", "é", "🤠"),
        *("\n  key value", "\n    nested", "\nname", "\n\n", "\n  # c\n", "__proto__"),
    ]
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("one\ntwo 2 true", ["one", ["two", 2, True]], id="lines"),
        pytest.param("name\n  a\n  b", [{"name": ["a", "b"]}], id="vector"),
        pytest.param("name\n  a", [{"name": ["a"]}], id="short vector"),
        pytest.param("name\n  ", ["name"], id="an empty line is no vector"),
        pytest.param(
            "data\n  id *String\n  list 1 2",
            [{"data": {"id": "*String", "list": [1, 2]}}],
            id="map",
        ),
        pytest.param(
            "data\n  projection\n    a\n    b",
            [{"data": {"projection": ["a", "b"]}}],
            id="nested values",
        ),
        pytest.param(
            'data\n  b 1\n  "10" x\n  "2" y',
            [{"data": {"2": "y", "10": "x", "b": 1}}],
            id="whole-number keys come first",
        ),
        pytest.param(
            "data\n  id a\n# comment\n  x y",
            [{"data": {"id": "a"}}, ["x", "y"]],
            id="a comment ends a map",
        ),
        pytest.param(
            "data\n    id a", [{"data": {}}, ["id", "a"]], id="four spaces are no map"
        ),
        pytest.param("  one\n  two", [{"one": ["two"]}], id="indented words nest"),
        pytest.param("a b@c", [["a", "b"]], id="a pragma in mid-line is swallowed"),
        pytest.param("\tx\r\n\ty 1", [{"x": {"y": 1}}], id="tabs and CRLF"),
    ],
)
def test_parse_arc_builds_items(body: str, expected: list[object]) -> None:
    """Lines become scalars, arrays, vectors and maps as Architect's parser has them."""
    assert parse_arc(f"@app\nx\n@y\n{body}").plain() == {"app": ["x"], "y": expected}


def test_parse_arc_loses_what_nested_values_cost() -> None:
    """Five tokens a nested line are lost after it, as in Architect's own parser."""
    text = "@x\nm\n  k\n    v\na b\nlater"

    assert parse_arc(text).plain() == {"x": [{"m": {"k": "v"}}, "later"]}


def test_parse_arc_lets_a_commented_pragma_replace_an_earlier_one() -> None:
    """`@http` and `@http # x` are two pragmas of one name: the later one counts."""
    assert parse_arc("@http\nget /a\n@http # x\nget /b").plain() == {
        "http": [["get", "/b"]]
    }


def test_parse_arc_knows_lines() -> None:
    """Pragmas, items and the keys of maps know where they stand."""
    manifest = parse_arc("# top\n@tables\n\ndata\n  id *String\n  at TTL\n")
    (item,) = manifest.items("tables") or ()

    assert manifest.pragmas["tables"].line == 2
    assert item.line == 4
    assert item.key_lines == {"id": 5, "at": 6}


@pytest.mark.parametrize(
    ("text", "place", "fact"),
    [
        ("x", "1:1", "No pragma was found, and an Architect file has at least one."),
        ("x\n@app", "1:1", '"x" stands above the first pragma.'),
        ("@a\n@a", "2:1", 'The pragma "@a" is already defined on line 1.'),
        ("@toString", "1:1", 'Architect cannot take a pragma called "@toString".'),
        ("@a\ntrue\n  x", "2:1", '"true" names a list, but is not text.'),
        ("@a\n5\n  x y", "2:1", '"5" names a map, but is not text.'),
        (
            "@a\nm\n  5 x",
            "3:3",
            '"5" stands where a key is expected, but is not text.',
        ),
        ("@a\nm\n  a b\n  c", "4:3", 'The key "c" has no value.'),
        ("@a\nm\n  a b\n  c\n  d e", "4:3", 'The key "c" has no value.'),
        (
            "@a\nm\n  # c",
            "2:1",
            'The lines under "m" are neither a list of values nor keys with values.',
        ),
    ],
)
def test_parse_arc_explains_what_it_refuses(text: str, place: str, fact: str) -> None:
    """An error shows file, line and column, the fact, the line itself and a remedy."""
    with pytest.raises(ManifestSyntaxError) as caught:
        parse_arc(text)

    error = caught.value
    line, column = map(int, place.split(":"))
    assert str(error).startswith(f"app.arc:{place}: {fact}\n    ")
    assert error.location.source_line == text.split("\n")[line - 1]
    assert str(error).splitlines()[2] == " " * (3 + column) + "^"
    assert error.remedy


@pytest.mark.parametrize(
    "name",
    [
        *("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
        *("toLocaleString", "toString", "valueOf", "__proto__", "__defineGetter__"),
        *("__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
    ],
)
def test_parse_arc_takes_no_pragma_that_javascript_has(name: str) -> None:
    """To Architect's parser, any object has it already."""
    with pytest.raises(ManifestSyntaxError, match=f'called "@{name}"'):
        parse_arc(f"@app\nx\n@{name}\n")


@given(st.lists(ARC_PIECES | st.text(max_size=3), max_size=40).map("".join))
def test_parse_arc_parses_any_text_or_points_into_it(text: str) -> None:
    """Whatever the text, there is a tree, or an error at a place that exists."""
    error = error_of(text)
    if error is not None:
        source_line = error.location.source_line
        assert source_line in text
        assert 1 <= error.location.column <= len(source_line) + 1
        assert error.remedy


def error_of(text: str) -> ManifestSyntaxError | None:
    """Give the error that a text has; None where it parses."""
    try:
        parse_arc(text)
    except ManifestSyntaxError as error:
        return error
    return None
