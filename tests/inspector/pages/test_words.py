"""Values on one line, over several lines, and in addresses."""

from typing import Any

import pytest

from sandbox.inspector.pages.words import address, function_name, key_text, one_line


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("a\n\tb", "a b"),
        ({"a": [1, None]}, '{"a":[1,null]}'),
        (("é", 2.5), '["é",2.5]'),
        ("x" * 12, "xxxxxxxxxx…"),
        (" ", '" "'),
        ("\n\t", '"\\n\\t"'),
        ("", ""),
    ],
)
def test_a_line_is_short(value: Any, text: str) -> None:
    """Space is one blank, all space is seen, and what is long is cut."""
    assert one_line(value, 10 if value == "x" * 12 else 40) == text


def test_a_key_is_compact() -> None:
    """As the API takes it in a query."""
    assert key_text({"owner": "a", "at": 1}) == '{"owner":"a","at":1}'


@pytest.mark.parametrize(
    ("pragma", "name", "text"),
    [("http", "get /", "get /"), ("tables-streams", "a", "@tables-streams a")],
)
def test_a_function_has_its_pragma(pragma: str, name: str, text: str) -> None:
    """Save a route's, whose name is no other's."""
    assert function_name({"pragma": pragma, "name": name}) == text


def test_an_address_leaves_out_what_is_empty() -> None:
    """And encodes the rest."""
    assert address("/a", b="", c=None) == "/a"
    assert address("/a", b="x y&z", c=None, d="1") == "/a?b=x%20y%26z&d=1"
