"""JSON as HTML: told apart by classes, and never markup of its own."""

import html
import re
from typing import Any

import pytest

from sandbox.inspector.pages.json_markup import LONGEST_SHOWN, json_markup
from sandbox.json_value import pretty_json


def text_of(markup: str) -> str:
    """Give the text that a browser would show."""
    return html.unescape(re.sub(r"</?span[^>]*>", "", markup))


def test_kinds_are_told_apart() -> None:
    """Names, texts, numbers and words each have a class."""
    assert json_markup({"a": ["b", -1.5, True]}).split("\n") == [
        "{",
        '  <span class="json-name">&#34;a&#34;</span>: [',
        '    <span class="json-text">&#34;b&#34;</span>,',
        '    <span class="json-number">-1.5</span>,',
        '    <span class="json-word">true</span>',
        "  ]",
        "}",
    ]


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        {"</pre><b>": "\"'&amp;"},
        ["{0} {}", "%s", 'a": 1, "b'],
        'back\\slash "quoted": \u2028 \U0001f600',
        {"n": 1e300, "m": None, "deep": [[[]], {}]},
        "x" * 50_000 + "<b>",
    ],
)
def test_the_text_stays_what_it_was(value: Any) -> None:
    """Whatever it holds, a browser shows the JSON, and has no further element."""
    markup = json_markup(value)

    assert text_of(markup) == pretty_json(value)
    assert set(re.findall(r"<(\w+)", markup)) <= {"span"}


def test_what_is_very_long_is_cut() -> None:
    """And the page says how much is missing."""
    markup = json_markup("x" * (LONGEST_SHOWN + 8))

    assert markup.endswith("… and 10 characters more")
