"""The text of a .env file in, variables and their places out.

The rules are those of the dotenv parser inside `@architect/inventory` 6.1.0: `export`,
three kinds of quotes, `#` comments, and nothing expanded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.manifest.javascript import WHITE_SPACE, trim

_SPACE = f"[{WHITE_SPACE}]"
_LINE = rf"""
    (?:\A|(?<=[\n\u2028\u2029]))
    {_SPACE}*
    (?:export{_SPACE}+)?
    (?P<name>[A-Za-z0-9_.-]+)
    (?P<separator>{_SPACE}*=|:{_SPACE}+?)
    (?P<value>
        {_SPACE}*'(?:\\'|[^'])*'
      | {_SPACE}*"(?:\\"|[^"])*"
      | {_SPACE}*`(?:\\`|[^`])*`
      | [^\#\r\n]+
    )?
    {_SPACE}*
    (?:\#[^\n\u2028\u2029]*)?
    (?=[\n\u2028\u2029]|\Z)
    """
"""Not compiled yet, which takes 3 ms; `re` remembers it for apps that have a .env."""

_OUTER_QUOTES = re.compile(
    r"(?:\A|(?<=[\n\u2028\u2029]))(['\"`])(.*)\1(?=[\n\u2028\u2029]|\Z)", re.DOTALL
)
"""Around a value, or a whole line of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One variable in the text, and where it stands; offsets count from 0."""

    name: str
    value: str
    line: int
    """Of its name, counted from 1."""
    name_offset: int
    value_offset: int
    """Where what is written of the value starts, quotes included."""
    value_end: int
    end: int
    """After its value and a comment behind it, before the line end."""


def parse_dotenv(text: str) -> dict[str, str]:
    """Read variables; the last of two equal names wins."""
    assignments = read_assignments(with_plain_line_ends(text))
    return {found.name: found.value for found in assignments}


def with_plain_line_ends(text: str) -> str:
    r"""Give `text` with each of its line ends as `\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_assignments(text: str) -> Iterator[Assignment]:
    r"""Read variables in order; lines end with `\n`.

    Only a value in double quotes has escapes, and only `\n` and `\r`.
    """
    for found in re.finditer(_LINE, text, re.VERBOSE):
        written = found["value"] or ""
        value = trim(written)
        start = found.end("separator") + written.find(value)
        yield Assignment(
            name=found["name"],
            value=_unquoted(value),
            line=text.count("\n", 0, found.start("name")) + 1,
            name_offset=found.start("name"),
            value_offset=start,
            value_end=start + len(value),
            end=found.end(),
        )


def lines_without_variable(text: str) -> tuple[int, ...]:
    """Give the numbers of lines that say something, but set nothing; from 1."""
    text = with_plain_line_ends(text)
    read: set[int] = set()
    for found in read_assignments(text):
        last = found.line + text.count("\n", found.name_offset, found.end)
        read.update(range(found.line, last + 1))
    return tuple(
        number
        for number, line in enumerate(text.split("\n"), 1)
        if number not in read and line.strip() and not line.lstrip().startswith("#")
    )


def _unquoted(value: str) -> str:
    is_escaped = value.startswith('"')
    value = _OUTER_QUOTES.sub(r"\2", value)
    if is_escaped:
        value = value.replace("\\n", "\n").replace("\\r", "\r")
    return value
