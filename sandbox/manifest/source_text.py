r"""A text with its lines: from an offset to a place that a person can go to."""

import re
from bisect import bisect_right

from sandbox.errors import ManifestSyntaxError, SourceLocation

_LINE_END = re.compile(r"\r\n|\r|\n")


class SourceText:
    r"""A file's text; its lines end with `\n`, `\r\n` or `\r`."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]

    def line_at(self, offset: int) -> int:
        """Give the line number (from 1) of the character at `offset` (from 0)."""
        return bisect_right(self._starts, offset)

    def line(self, number: int) -> str:
        """Give line `number` (from 1) without its end; empty past the last one."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = _LINE_END.search(self.text, start)
        return self.text[start : end.start() if end else len(self.text)]

    def locate(self, offset: int) -> SourceLocation:
        """Give the place of the character at `offset` (from 0)."""
        number = self.line_at(offset)
        return SourceLocation(
            file=self.file,
            line=number,
            column=offset - self._starts[number - 1] + 1,
            source_line=self.line(number),
        )

    def locate_line(self, number: int) -> SourceLocation:
        """Give the place of the first visible character of line `number`."""
        source_line = self.line(number)
        indent = len(source_line) - len(source_line.lstrip())
        return SourceLocation(
            file=self.file, line=number, column=indent + 1, source_line=source_line
        )

    def error(self, message: str, *, offset: int, remedy: str) -> ManifestSyntaxError:
        """Give a syntax error that points at the character at `offset`."""
        return ManifestSyntaxError(message, location=self.locate(offset), remedy=remedy)
