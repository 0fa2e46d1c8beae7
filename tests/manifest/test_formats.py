"""Holds JSON, YAML and package.json to the items that the same arc lines give."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ManifestSyntaxError
from sandbox.manifest.formats import parse_manifest, parse_package

YAML_PIECES = st.sampled_from(
    [
        *("a: ", "- ", "b\n", "\n", "  ", "&x ", "*x", "!!int ", "!foo ", "{", "}"),
        *("[", "]", "'", '"', "|\n", "? ", "<<: ", "2012-10-17", "0x1f", "~", "\x00"),
    ]
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["app", "http", "aws", "x"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)


def test_parse_manifest_turns_json_objects_into_items() -> None:
    """Objects of routes, events and settings become lines, names and maps."""
    text = json.dumps(
        {
            "app": "hello",
            "http": {"get": "/", "/foo": {"method": "post", "src": "foo"}},
            "events": ["one", {"two": {"src": "x"}}, {"three": "y"}],
            "aws": {"timeout": 5, "layers": ["a"]},
            "tables-indexes": {"likes": {"date": "*String"}},
            "notes": "dropped",
        }
    )

    assert parse_manifest(text, file="arc.json").plain() == {
        "app": ["hello"],
        "http": [["get", "/"], {"/foo": {"method": "post", "src": "foo"}}],
        "events": ["one", {"two": {"src": "x"}}, ["three", "y"]],
        "aws": [["timeout", 5], {"layers": ["a"]}],
        "tables-indexes": [["likes", {"date": "*String"}]],
    }


@pytest.mark.parametrize("file", ["arc.json", "arc.yaml"])
def test_parse_manifest_keeps_a_key_that_names_the_prototype(file: str) -> None:
    """JSON and YAML make it a key like any other; only no pragma has that name."""
    text = '{"__proto__": ["a"], "x": [{"__proto__": 1}], "y": {"__proto__": 2}}'

    assert parse_manifest(text, file=file).plain() == {
        "x": [{"__proto__": 1}],
        "y": [["__proto__", 2]],
    }


@pytest.mark.parametrize(
    ("scalar", "expected"),
    [
        ("yes", "yes"),
        ("0o17", 15),
        ("017", 17),
        ("1_000", 1000),
        ("0b11", 3),
        (".5", 0.5),
        ("1:30", "1:30"),
        (".inf", None),
        ("~", None),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("2012-10-17", "2012-10-17T00:00:00.000Z"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-15T02:59:43.100Z"),
        ("&x y", "y"),
    ],
)
def test_parse_manifest_reads_yaml_as_its_core_schema(
    scalar: str, expected: object
) -> None:
    """Plain words mean what js-yaml 4 takes them for, not what YAML 1.1 did."""
    manifest = parse_manifest(f"x:\n  - {scalar}\n", file="arc.yaml")

    assert manifest.plain() == {"x": [expected]}


@pytest.mark.parametrize(
    "text",
    [
        "app: myapp\t\nhttp:\n  - a\n",
        "app: myapp\t# c\nhttp:\n  - a\n",
        "app:\tmyapp\n\t\nhttp:\n-\ta\n",
        "app: myapp\n  \t# c\nhttp:\n  - a\n",
    ],
)
def test_parse_manifest_takes_tabs_for_white_space(text: str) -> None:
    """Behind something, and on lines with nothing else; never as indentation."""
    assert parse_manifest(text, file="arc.yaml").plain() == {
        "app": ["myapp"],
        "http": ["a"],
    }


def test_parse_manifest_ends_a_block_of_yaml_with_a_line_feed() -> None:
    """As js-yaml does, though the file ends without one."""
    assert parse_manifest("app: |\n  myapp", file="arc.yaml").plain() == {
        "app": ["myapp\n"]
    }


def test_parse_manifest_merges_yaml_mappings() -> None:
    """A `<<` key brings in what the mapping itself does not say."""
    text = "aws:\n  - &a {b: 1, c: 2}\n  - <<: *a\n    c: 3\n"

    assert parse_manifest(text, file="arc.yml").plain() == {
        "aws": [{"b": 1, "c": 2}, {"b": 1, "c": 3}]
    }


@pytest.mark.parametrize(
    ("file", "text", "line", "fact"),
    [
        ("arc.json", " \n", 1, 'The file "arc.json" is empty.'),
        ("arc.json", '{"app": "x"\n"a": 1}', 2, "The JSON does not parse"),
        ("arc.json", '{"app": [NaN]}', 1, '"NaN" is not a JSON number.'),
        ("arc.json", "[" * 100_000, 1, "The file nests its values too deeply."),
        ("arc.json", "[]", 1, "The manifest holds no pragmas"),
        ("arc.json", '{"app":"x",\n"ws":[true]}', 2, '"true" is not an entry'),
        ("arc.json", '{"cdn": 5}', 1, 'The pragma "cdn" has a value'),
        ("arc.json", '{"x": null}', 1, 'The pragma "x" has a value'),
        ("arc.yaml", "a: 1\na: 2", 2, 'The key "a" is already defined.'),
        ("arc.yaml", "a: *String", 1, "The YAML does not parse"),
        ("arc.yaml", "a: !foo b", 1, 'The tag "!foo" is not one'),
        ("arc.yaml", "a: &x [*x]", 1, "The YAML repeats itself"),
        ("arc.yaml", "a:\n\t- b", 2, "The YAML does not parse"),
        ("arc.yaml", "a:\n  b: 1\n \tc: 2", 3, "The YAML does not parse"),
        ("arc.yaml", "a: !!bool yes", 1, 'The tag "tag:yaml.org,2002:bool"'),
        ("arc.yaml", "a: \x07", 1, "The YAML has a character"),
        ("arc.yaml", "[" * 5_000, 1, "The file nests its values too deeply."),
        ("arc.yaml", "--- a\n--- b", 2, "The YAML does not parse"),
    ],
)
def test_parse_manifest_explains_what_it_refuses(
    file: str, text: str, line: int, fact: str
) -> None:
    """Broken JSON and YAML give one error with its line and a remedy."""
    with pytest.raises(ManifestSyntaxError) as caught:
        parse_manifest(text, file=file)

    assert caught.value.message.startswith(fact)
    assert (caught.value.location.file, caught.value.location.line) == (file, line)
    assert caught.value.remedy


def test_parse_manifest_refuses_aliases_that_explode() -> None:
    """Nine lists of nine aliases each end in an error, not in all memory."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]

    with pytest.raises(ManifestSyntaxError, match="repeats itself without end"):
        parse_manifest("\n".join(lines), file="arc.yaml")


def test_parse_package_finds_either_key() -> None:
    """A package.json holds a manifest under `arc` or `architect`, or none."""
    found = parse_package('{"architect": {"app": "x"}}')

    assert found is not None
    assert found.plain() == {"app": ["x"]}
    assert parse_package('{"name": "x"}') is None
    assert parse_package('{"arc": false, "architect": ""}') is None


@given(st.lists(YAML_PIECES, max_size=25).map("".join))
def test_parse_manifest_reads_any_yaml_or_refuses_it(text: str) -> None:
    """Whatever the YAML, there is a tree or a located error."""
    assert line_of_error("arc.yaml", text) >= 0


@given(JSON_VALUES.map(json.dumps) | st.text(max_size=30))
def test_parse_manifest_reads_any_json_or_refuses_it(text: str) -> None:
    """Whatever the JSON, there is a tree or a located error."""
    assert line_of_error("arc.json", text) >= 0


def line_of_error(file: str, text: str) -> int:
    """Give the line of the error that a text has; 0 where it parses."""
    try:
        parse_manifest(text, file=file)
    except ManifestSyntaxError as error:
        return error.location.line
    return 0
