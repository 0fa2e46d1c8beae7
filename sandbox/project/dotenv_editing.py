"""The text of a .env file and one variable in, the edited text out.

Comments, order and line ends stay as they are. What is written is read back: a file
that would then say something else is refused.
"""

import re

from sandbox.errors import AppError
from sandbox.project.dotenv import (
    Assignment,
    parse_dotenv,
    read_assignments,
    with_plain_line_ends,
)

_BARE = re.compile(r"[A-Za-z0-9_./:@%+,~=-]*")
_QUOTES = "'\"`"


class UnwritableVariableError(AppError):
    """A variable that the format cannot hold, or a file that cannot be edited."""


def set_in_dotenv(text: str, name: str, value: str) -> str:
    """Give the text with `name` set, where it stood last or at the end.

    Raises:
        UnwritableVariableError: no way of writing reads back as this value.
    """
    plain = with_plain_line_ends(text)
    written = _written(name, value)
    found = _assignments(plain, name)
    if found:
        last = found[-1]
        edited = plain[: last.value_offset] + written + plain[last.value_end :]
    else:
        gap = "\n" if plain and not plain.endswith("\n") else ""
        edited = f"{plain}{gap}{name}={written}\n"
    return _checked(text, edited, {**parse_dotenv(plain), name: value})


def remove_from_dotenv(text: str, name: str) -> str:
    """Give the text without any assignment of `name`, comments behind it included.

    Raises:
        UnwritableVariableError: the rest would not read as before.
    """
    edited = plain = with_plain_line_ends(text)
    for found in reversed(_assignments(plain, name)):
        start = edited.rfind("\n", 0, found.name_offset) + 1
        edited = edited[:start] + edited[found.end :].removeprefix("\n")
    left = parse_dotenv(plain)
    left.pop(name, None)
    return _checked(text, edited, left)


def _assignments(plain: str, name: str) -> list[Assignment]:
    return [found for found in read_assignments(plain) if found.name == name]


def _written(name: str, value: str) -> str:
    """Give a way of writing a value that reads back as the same."""
    ways = [f"{quote}{value}{quote}" for quote in _QUOTES if quote not in value]
    if _BARE.fullmatch(value):
        ways.insert(0, value)
    one_line = value.replace("\n", "\\n").replace("\r", "\\r")
    ways += [f'"{one_line}"', value]
    for way in ways:
        if parse_dotenv(f"X={way}\n") == {"X": value}:
            return way
    raise UnwritableVariableError(
        f'The value of "{name}" has quotes that no .env file can hold together.',
        remedy="Leave out one kind of quote: ', \" or `.",
    )


def _checked(text: str, edited: str, expected: dict[str, str]) -> str:
    if parse_dotenv(edited) != expected:
        raise UnwritableVariableError(
            "The .env file cannot be edited without changing other variables.",
            remedy="Look for a quote that is not closed, and edit it by hand.",
        )
    return edited.replace("\n", "\r\n") if "\r\n" in text else edited
