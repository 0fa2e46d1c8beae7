"""A JSON value → HTML in which names, texts, numbers and words can be told apart."""

import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup, escape

from sandbox.json_value import pretty_json

LONGEST_SHOWN = 200_000
"""Characters; beyond it a page would be slow, and nobody reads on."""
LONGEST_COLOURED = 40_000

_TOKEN = re.compile(
    r'(?P<name>"(?:[^"\\]|\\.)*")(?=\s*:)'
    r'|(?P<text>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\d[\d.eE+-]*)"
    r"|(?P<word>true|false|null)"
)


def json_markup(value: Any) -> Markup:
    """Give escaped HTML of a value's JSON; what is very long is cut, and says so."""
    text = pretty_json(value)
    if len(text) > LONGEST_SHOWN:
        left_out = f"\n… and {len(text) - LONGEST_SHOWN} characters more"
        return escape(text[:LONGEST_SHOWN] + left_out)
    if len(text) > LONGEST_COLOURED:
        return escape(text)
    return Markup().join(_coloured(text))


def _coloured(text: str) -> Iterator[Markup]:
    end = 0
    for token in _TOKEN.finditer(text):
        yield escape(text[end : token.start()])
        # The class is one of the four names in the pattern; format() escapes the text.
        yield Markup('<span class="json-{}">{}</span>').format(
            token.lastgroup, token.group()
        )
        end = token.end()
    yield escape(text[end:])
