"""YAML text in, nodes out: PyYAML's parser with the rules of YAML 1.2, as js-yaml's.

PyYAML reads YAML 1.1: it takes no tab inside a plain scalar, ends lines at characters
that 1.2 does not, and lets a lone dash stand for text.
"""

import re
from typing import TypeVar

import yaml
from yaml.scanner import ScannerError

from sandbox.manifest.yaml_values import PLAIN

_BREAKS = "\r\n"
_BLANKS = " \t"
_BLANK_OR_END = "\0 \t\r\n"
_FLOW = ",[]{}"
_NOT_FIRST = "#&*!|>'\"%@`"
"""What begins something else than a plain scalar."""
_NO_BREAKS = "\x85\u2028\u2029"
"""Ends of lines for YAML 1.1, plain characters since 1.2."""
_PRIVATE_USE = range(0xE000, 0xF8FF)
_LINE_END = f"{_BREAKS}\0#"
"""What follows the blanks of a line that has nothing else, a comment apart."""

_IS_PLAIN = True

_Token = TypeVar("_Token", yaml.AnchorToken, yaml.AliasToken)


class StandIns:
    """Characters in the place of those that PyYAML would end a line at."""

    def __init__(self, text: str) -> None:
        unused = (chr(code) for code in _PRIVATE_USE if chr(code) not in text)
        stand_ins = {broken: next(unused) for broken in _NO_BREAKS if broken in text}
        self._away = str.maketrans(stand_ins)
        self._back = str.maketrans({new: old for old, new in stand_ins.items()})

    def put_into(self, text: str) -> str:
        """Give the text that PyYAML may read; each place stays the same."""
        return text.translate(self._away)

    def undone_in(self, scalar: str) -> str:
        """Give what a scalar really says."""
        return scalar.translate(self._back)


class Loader(yaml.SafeLoader):
    """Composes nodes; leaves open what plain words mean."""

    yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {  # noqa: RUF012 - PyYAML reads it from the class
        None: [(PLAIN, re.compile(""))]
    }

    def scan_to_next_token(self) -> None:
        """Skip tabs where YAML 1.2 takes them for white space, as PyYAML does not.

        That is behind something on the line, on lines with nothing else, and inside
        brackets. At another line's begin they would indent, which neither takes.
        """
        while True:
            super().scan_to_next_token()
            blanks = self._blanks_ahead() if self.peek() == "\t" else 0
            if not blanks or self._would_indent(blanks):
                return
            self.forward(blanks)

    def fetch_document_start(self) -> None:
        """Let a mapping begin on the line of its `---`."""
        super().fetch_document_start()
        self.allow_simple_key = True

    def check_key(self) -> bool:
        """Tell whether a `?` stands alone here, and so marks a key."""
        return self.peek(1) in _BLANK_OR_END

    def check_value(self) -> bool:
        """Tell whether a `:` parts key and value here.

        In a flow collection it does so right behind a key, whatever follows it.
        """
        has_key = self.flow_level and self.flow_level in self.possible_simple_keys
        return bool(has_key) or not self.check_plain()

    def check_plain(self) -> bool:
        """Tell whether a plain scalar begins here.

        A dash, a question mark or a colon may begin one unless it stands alone; in a
        flow collection, a comma or a bracket behind it leaves it alone, too.
        """
        first, second = self.peek(), self.peek(1)
        if first not in "-?:":
            return first not in _BLANK_OR_END + _FLOW + _NOT_FIRST
        return second not in _BLANK_OR_END + (_FLOW if self.flow_level else "")

    def scan_plain(self) -> yaml.ScalarToken:
        """Take a scalar without quotes, whose further lines are indented."""
        start = end = self.get_mark()
        indent = self.indent + 1
        words: list[str] = []
        gap: list[str] = []
        while self.peek() != "#":
            length = self._plain_length()
            if not length:
                break
            self.allow_simple_key = False
            words += [*gap, self.prefix(length)]
            self.forward(length)
            end = self.get_mark()
            gap = self._gap(indent)
            if not gap or self.column < indent:
                break
        return yaml.ScalarToken("".join(words), _IS_PLAIN, start, end)

    def _plain_length(self) -> int:
        flow = _FLOW if self.flow_level else ""
        length = 0
        while self.peek(length) not in _BLANK_OR_END + flow:
            if (
                self.peek(length) == ":"
                and self.peek(length + 1) in _BLANK_OR_END + flow
            ):
                break
            length += 1
        return length

    def _gap(self, indent: int) -> list[str]:
        """Take what is between two words: blanks as they are, or folded line ends."""
        blanks = self._take_blanks()
        if self.peek() not in _BREAKS:
            return [blanks] if blanks else []
        breaks = ""
        while self.peek() in _BREAKS:
            breaks += str(self.scan_line_break())  # type: ignore[no-untyped-call]
            self.allow_simple_key = True
            if self._at_document_mark():
                return []
            self._take_indent(indent)
        return [breaks[1:] or " "]

    def _take_indent(self, indent: int) -> None:
        """Take the spaces of a line, and tabs behind enough of them."""
        while self.peek() == " ":
            self.forward()
        ahead = self._blanks_ahead()
        if self.column >= indent or self.peek(ahead) in _BREAKS:
            self.forward(ahead)

    def _at_document_mark(self) -> bool:
        return self.prefix(3) in ("---", "...") and self.peek(3) in _BLANK_OR_END

    def _take_blanks(self) -> str:
        length = self._blanks_ahead()
        blanks: str = self.prefix(length)
        self.forward(length)
        return blanks

    def _blanks_ahead(self) -> int:
        length = 0
        while self.peek(length) in _BLANKS:
            length += 1
        return length

    def _would_indent(self, blanks: int) -> bool:
        """Tell whether the blanks ahead stand before the first word of a block."""
        before: str = self.buffer[self.pointer - self.column : self.pointer]
        return (
            not self.flow_level
            and not before.strip(" ")
            and self.peek(blanks) not in _LINE_END
        )

    def scan_anchor(self, TokenClass: type[_Token]) -> _Token:  # noqa: N803 - PyYAML's
        """Take the name of an anchor or an alias; only blanks and brackets end it."""
        start = self.get_mark()
        self.forward()
        length = 0
        while self.peek(length) not in _BLANK_OR_END + _FLOW:
            length += 1
        if not length:
            raise ScannerError(None, start, "found no name here", self.get_mark())
        name = self.prefix(length)
        self.forward(length)
        return TokenClass(name, start, self.get_mark())
